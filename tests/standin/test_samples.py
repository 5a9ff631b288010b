"""Checks that the committed study records are sound material for tests.

Every other test leans on these records, so what they promise is checked
here: the shape and the enumerations of API v2, dates, ages, cross
references inside a record, and that nothing in them passes for a real trial.
"""

import datetime
import json
import pathlib
import re

import pytest

SAMPLES = pathlib.Path(__file__).resolve().parent.parent / "data" / "samples"
FILES = sorted(SAMPLES.glob("*.json"))
IDS = [path.stem for path in FILES]

FULL_DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?")
AGE = re.compile(r"[1-9]\d* (Year|Month|Week|Day|Hour|Minute)s?")
MAIL = re.compile(r"[^\s<>@,;\"']*@([A-Za-z0-9.-]+[A-Za-z])")
FAKE_PHONE = re.compile(r"555[- ]?01\d\d|7946 0\d\d\d")

STATUSES = {
    "ACTIVE_NOT_RECRUITING", "COMPLETED", "ENROLLING_BY_INVITATION",
    "NOT_YET_RECRUITING", "RECRUITING", "SUSPENDED", "TERMINATED",
    "WITHDRAWN", "AVAILABLE", "NO_LONGER_AVAILABLE",
    "TEMPORARILY_NOT_AVAILABLE", "APPROVED_FOR_MARKETING", "WITHHELD",
    "UNKNOWN",
}
AGENCIES = {"NIH", "FED", "OTHER_GOV", "INDIV", "INDUSTRY", "NETWORK",
            "AMBIG", "OTHER", "UNKNOWN"}
OFFICIALS = {"STUDY_CHAIR", "STUDY_DIRECTOR", "PRINCIPAL_INVESTIGATOR",
             "SUB_INVESTIGATOR"}

# Where an enumeration stands in a record ("*" goes into a list) and what it
# may hold.
ENUMS = [
    ("statusModule.overallStatus", STATUSES),
    ("statusModule.lastKnownStatus", STATUSES),
    ("statusModule.expandedAccessInfo.statusForNctId",
     {"AVAILABLE", "NO_LONGER_AVAILABLE", "TEMPORARILY_NOT_AVAILABLE",
      "APPROVED_FOR_MARKETING"}),
    ("identificationModule.organization.class", AGENCIES),
    ("identificationModule.secondaryIdInfos.*.type",
     {"NIH", "FDA", "VA", "CDC", "AHRQ", "SAMHSA", "OTHER_GRANT",
      "EUDRACT_NUMBER", "CTIS", "REGISTRY", "OTHER"}),
    ("sponsorCollaboratorsModule.leadSponsor.class", AGENCIES),
    ("sponsorCollaboratorsModule.collaborators.*.class", AGENCIES),
    ("sponsorCollaboratorsModule.responsibleParty.type",
     {"SPONSOR", "PRINCIPAL_INVESTIGATOR", "SPONSOR_INVESTIGATOR"}),
    ("designModule.studyType",
     {"EXPANDED_ACCESS", "INTERVENTIONAL", "OBSERVATIONAL"}),
    ("designModule.phases.*",
     {"NA", "EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4"}),
    ("designModule.designInfo.allocation",
     {"RANDOMIZED", "NON_RANDOMIZED", "NA"}),
    ("designModule.designInfo.interventionModel",
     {"SINGLE_GROUP", "PARALLEL", "CROSSOVER", "FACTORIAL", "SEQUENTIAL"}),
    ("designModule.designInfo.primaryPurpose",
     {"TREATMENT", "PREVENTION", "DIAGNOSTIC", "ECT", "SUPPORTIVE_CARE",
      "SCREENING", "HEALTH_SERVICES_RESEARCH", "BASIC_SCIENCE",
      "DEVICE_FEASIBILITY", "OTHER"}),
    ("designModule.designInfo.observationalModel",
     {"COHORT", "CASE_CONTROL", "CASE_ONLY", "CASE_CROSSOVER",
      "ECOLOGIC_OR_COMMUNITY", "FAMILY_BASED", "DEFINED_POPULATION",
      "NATURAL_HISTORY", "OTHER"}),
    ("designModule.designInfo.timePerspective",
     {"RETROSPECTIVE", "PROSPECTIVE", "CROSS_SECTIONAL", "OTHER"}),
    ("designModule.designInfo.maskingInfo.masking",
     {"NONE", "SINGLE", "DOUBLE", "TRIPLE", "QUADRUPLE"}),
    ("designModule.designInfo.maskingInfo.whoMasked.*",
     {"PARTICIPANT", "CARE_PROVIDER", "INVESTIGATOR", "OUTCOMES_ASSESSOR"}),
    ("designModule.bioSpec.retention",
     {"NONE_RETAINED", "SAMPLES_WITH_DNA", "SAMPLES_WITHOUT_DNA"}),
    ("designModule.enrollmentInfo.type", {"ACTUAL", "ESTIMATED"}),
    ("armsInterventionsModule.armGroups.*.type",
     {"EXPERIMENTAL", "ACTIVE_COMPARATOR", "PLACEBO_COMPARATOR",
      "SHAM_COMPARATOR", "NO_INTERVENTION", "OTHER"}),
    ("armsInterventionsModule.interventions.*.type",
     {"BEHAVIORAL", "BIOLOGICAL", "COMBINATION_PRODUCT", "DEVICE",
      "DIAGNOSTIC_TEST", "DIETARY_SUPPLEMENT", "DRUG", "GENETIC",
      "PROCEDURE", "RADIATION", "OTHER"}),
    ("eligibilityModule.sex", {"FEMALE", "MALE", "ALL"}),
    ("eligibilityModule.stdAges.*", {"CHILD", "ADULT", "OLDER_ADULT"}),
    ("eligibilityModule.samplingMethod",
     {"PROBABILITY_SAMPLE", "NON_PROBABILITY_SAMPLE"}),
    ("contactsLocationsModule.centralContacts.*.role",
     OFFICIALS | {"CONTACT"}),
    ("contactsLocationsModule.overallOfficials.*.role", OFFICIALS),
    ("contactsLocationsModule.locations.*.status",
     {"ACTIVE_NOT_RECRUITING", "COMPLETED", "ENROLLING_BY_INVITATION",
      "NOT_YET_RECRUITING", "RECRUITING", "SUSPENDED", "TERMINATED",
      "WITHDRAWN", "AVAILABLE"}),
    ("contactsLocationsModule.locations.*.contacts.*.role",
     OFFICIALS | {"CONTACT"}),
    ("referencesModule.references.*.type",
     {"BACKGROUND", "RESULT", "DERIVED"}),
    ("ipdSharingStatementModule.ipdSharing", {"YES", "NO", "UNDECIDED"}),
    ("ipdSharingStatementModule.infoTypes.*",
     {"STUDY_PROTOCOL", "SAP", "ICF", "CSR", "ANALYTIC_CODE"}),
]

# The order in which the registry writes modules.
MODULES = [
    "identificationModule", "statusModule", "sponsorCollaboratorsModule",
    "oversightModule", "descriptionModule", "conditionsModule",
    "designModule", "armsInterventionsModule", "outcomesModule",
    "eligibilityModule", "contactsLocationsModule", "referencesModule",
    "ipdSharingStatementModule",
]
SECTIONS = ["protocolSection", "annotationSection", "resultsSection",
            "documentSection", "derivedSection", "hasResults"]
REQUIRED = {"identificationModule", "statusModule",
            "sponsorCollaboratorsModule", "descriptionModule",
            "conditionsModule", "designModule", "eligibilityModule"}


def load(path):
    return json.loads(path.read_text(encoding="utf-8"))


def values(node, path):
    """Everything that stands at a dotted path, through lists."""
    if not path:
        return [node]
    head, _, rest = path.partition(".")
    if head == "*":
        return [v for item in node for v in values(item, rest)]
    if not isinstance(node, dict) or head not in node:
        return []
    return values(node[head], rest)


def walk(node, key=""):
    """Yields (key, string) for every string of a record."""
    if isinstance(node, dict):
        for name, child in node.items():
            yield from walk(child, name)
    elif isinstance(node, list):
        for child in node:
            yield from walk(child, key)
    elif isinstance(node, str):
        yield key, node


def sample(nct_id):
    return load(SAMPLES / f"{nct_id}.json")


def protocol(nct_id):
    return sample(nct_id)["protocolSection"]


def criteria(nct_id):
    """The numbers of the numbered criteria below each heading."""
    text = protocol(nct_id)["eligibilityModule"]["eligibilityCriteria"]
    found = {}
    heading = None
    for line in text.split("\n"):
        match = re.match(r"(\d+)\. ", line)
        if line.endswith("Criteria:"):
            heading = line
            found[heading] = []
        elif match:
            found[heading].append(int(match.group(1)))
    return found


@pytest.fixture(params=FILES, ids=IDS)
def record(request):
    return request.param.stem, load(request.param)


def test_there_are_enough():
    assert len(FILES) >= 14
    assert len(set(IDS)) == len(IDS)


def test_id_is_the_file_name(record):
    name, study = record
    ident = study["protocolSection"]["identificationModule"]

    assert re.fullmatch(r"NCT9999\d{4}", name)
    assert ident["nctId"] == name


def test_ids_and_aliases_are_unique():
    seen = []
    for path in FILES:
        ident = load(path)["protocolSection"]["identificationModule"]
        seen += [ident["nctId"]] + ident.get("nctIdAliases", [])

    assert len(seen) == len(set(seen))
    assert all(re.fullmatch(r"NCT9999\d{4}", one) for one in seen)
    assert "NCT99990101" in seen


def test_is_marked_as_fictional(record):
    _, study = record
    part = study["protocolSection"]
    ident = part["identificationModule"]

    assert "(fictional sample)" in ident["briefTitle"]
    assert "(fictional sample)" in ident.get("officialTitle",
                                             "(fictional sample)")
    assert "(fictional)" in part["sponsorCollaboratorsModule"][
        "leadSponsor"]["name"]
    for one in values(part, "contactsLocationsModule.locations.*.facility"):
        assert "(fictional)" in one or one == "Research Site"


def test_modules_in_the_order_of_the_registry(record):
    name, study = record
    part = study["protocolSection"]

    assert list(study) == [s for s in SECTIONS if s in study]
    assert list(part) == [m for m in MODULES if m in part]
    assert study["hasResults"] is ("resultsSection" in study)
    assert FULL_DATE.fullmatch(
        study["derivedSection"]["miscInfoModule"]["versionHolder"])
    if part["statusModule"]["overallStatus"] != "WITHHELD":
        assert REQUIRED <= set(part), name


@pytest.mark.parametrize("path,allowed", ENUMS, ids=[e[0] for e in ENUMS])
def test_enumerations(path, allowed):
    found = [(file.stem, value) for file in FILES
             for value in values(load(file)["protocolSection"], path)]

    assert found, f"no sample has {path}"
    assert [f for f in found if f[1] not in allowed] == []


def test_dates(record):
    name, study = record
    status = study["protocolSection"]["statusModule"]

    for key, value in status.items():
        if key.endswith("Struct"):
            assert DATE.fullmatch(value["date"]), (name, key)
            assert value.get("type", "ACTUAL") in ("ACTUAL", "ESTIMATED")
            datetime.date.fromisoformat((value["date"] + "-01")[:10])
        elif key.endswith("Date"):
            assert DATE.fullmatch(value), (name, key)
    for key in ("studyFirstPostDateStruct", "lastUpdatePostDateStruct"):
        assert FULL_DATE.fullmatch(status[key]["date"]), (name, key)
    assert status["studyFirstPostDateStruct"]["date"] \
        <= status["lastUpdatePostDateStruct"]["date"] <= "2026-11-23"
    if study["hasResults"]:
        assert FULL_DATE.fullmatch(
            status["resultsFirstPostDateStruct"]["date"])


def test_ages(record):
    name, study = record
    part = study["protocolSection"].get("eligibilityModule", {})

    for key in ("minimumAge", "maximumAge"):
        assert AGE.fullmatch(part.get(key, "1 Day")), (name, key)


def test_arms_and_interventions_name_each_other(record):
    _, study = record
    part = study["protocolSection"].get("armsInterventionsModule", {})
    labels = {arm["label"] for arm in part.get("armGroups", [])}
    named = {
        "{}: {}".format(one["type"].replace("_", " ").title(), one["name"])
        for one in part.get("interventions", [])
    }

    for one in part.get("interventions", []):
        assert set(one.get("armGroupLabels", [])) <= labels
    for arm in part.get("armGroups", []):
        assert set(arm.get("interventionNames", [])) <= named


def test_a_stopped_study_says_why(record):
    _, study = record
    status = study["protocolSection"]["statusModule"]

    stopped = ("TERMINATED", "WITHDRAWN", "SUSPENDED")
    assert ("whyStopped" in status) is (status["overallStatus"] in stopped)
    assert ("lastKnownStatus" in status) is (
        status["overallStatus"] == "UNKNOWN")


def test_no_mail_domain_of_anybody(record):
    _, study = record

    for _, text in walk(study):
        for domain in MAIL.findall(text):
            assert domain in ("example.org", "example.com"), text


def test_no_phone_of_anybody(record):
    _, study = record
    part = study["protocolSection"].get("contactsLocationsModule", {})
    phones = values(part, "centralContacts.*.phone")
    phones += values(part, "locations.*.contacts.*.phone")

    for phone in phones:
        if phone.startswith("javascript:"):
            assert study["protocolSection"]["identificationModule"][
                "nctId"] == "NCT99990015"
        else:
            assert FAKE_PHONE.search(phone), phone


def test_web_addresses_are_reserved_ones(record):
    _, study = record

    for key, text in walk(study):
        for host in re.findall(r"https?://([^/\s\"')>]+)", text):
            assert re.fullmatch(r"([a-z]+\.)*example\.(org|com)", host), key


def test_pretty_printed_utf8(record):
    name, study = record
    raw = (SAMPLES / f"{name}.json").read_bytes()

    assert raw.endswith(b"}\n")
    assert raw.startswith(b"{\n  \"")
    again = json.dumps(study, indent=2, ensure_ascii=raw.isascii()) + "\n"
    assert again.encode("utf-8") == raw


def test_als_criteria():
    assert criteria("NCT99990001") == {
        "Inclusion Criteria:": list(range(1, 10)),
        "Exclusion Criteria:": list(range(1, 17)),
    }


def test_als_facts():
    part = protocol("NCT99990001")
    text = part["eligibilityModule"]["eligibilityCriteria"]

    assert part["designModule"]["phases"] == ["PHASE1", "PHASE2"]
    assert part["designModule"]["enrollmentInfo"] == {
        "count": 38, "type": "ESTIMATED"}
    assert part["statusModule"]["overallStatus"] == "RECRUITING"
    assert [(one["city"], one["country"]) for one in
            part["contactsLocationsModule"]["locations"]] \
        == [("Beijing", "China")]
    assert part["oversightModule"]["isFdaRegulatedDrug"] is False
    for escape in (r"\<", r"\>=", r"10\^9/L", r"protocol\'s"):
        assert escape in text
    for term in ("ALSFRS-R", "El Escorial", "NYHA", "%FVC",
                 "Cockcroft-Gault", "hemoglobin \\< 100 g/L",
                 "1.5×10\\^9/L", "≥ 3×ULN"):
        assert term in text
    assert {arm["type"] for arm in part["armsInterventionsModule"][
        "armGroups"]} == {"EXPERIMENTAL", "PLACEBO_COMPARATOR"}


def test_sites_of_the_large_trial():
    places = protocol("NCT99990006")["contactsLocationsModule"]["locations"]
    states = {(one["country"], one["state"]) for one in places
              if "state" in one}

    assert len(places) == 300
    assert len({one["country"] for one in places}) >= 15
    assert len(states) >= 40
    assert len({one.get("status") for one in places}) >= 6
    assert sum("contacts" in one for one in places) >= 50
    assert any("contacts" not in one for one in places)
    assert any("state" not in one for one in places)
    assert any("geoPoint" not in one for one in places)
    assert any("facility" not in one for one in places)
    assert all(-90 <= one["geoPoint"]["lat"] <= 90
               and -180 <= one["geoPoint"]["lon"] <= 180
               for one in places if "geoPoint" in one)


def test_deep_nesting():
    text = protocol("NCT99990007")["eligibilityModule"][
        "eligibilityCriteria"]
    depths = {len(line) - len(line.lstrip(" ")) for line in text.split("\n")
              if re.match(r"\s*([*]|\d+\.) ", line)}

    assert len(depths) >= 4
    assert "at least one of the following" in text
    assert re.search(r"^Cohort A .*:$", text, re.M)
    assert re.search(r"^Cohort B .*:$", text, re.M)
    assert re.search(r"^\* 1\\\) ", text, re.M)
    assert re.search(r"^ +a\. ", text, re.M)


def test_every_kind_of_study_is_there():
    """What the tests of the other parts may take for granted."""
    parts = [load(path)["protocolSection"] for path in FILES]
    statuses = {p["statusModule"]["overallStatus"] for p in parts}
    phases = {tuple(p["designModule"].get("phases", ())) for p in parts}
    ages = {p.get("eligibilityModule", {}).get("minimumAge", "none").split()[
        -1] for p in parts}
    arms = {t for p in parts
            for t in values(p, "armsInterventionsModule.armGroups.*.type")}

    assert len(statuses) >= 12
    assert {"WITHHELD", "UNKNOWN", "AVAILABLE", "TERMINATED"} <= statuses
    assert {("PHASE1",), ("PHASE1", "PHASE2"), ("PHASE2", "PHASE3"),
            ("PHASE3",), ("PHASE4",), ("EARLY_PHASE1",), ("NA",),
            ()} <= phases
    assert {"Years", "Weeks", "none"} <= ages
    assert {"PLACEBO_COMPARATOR", "SHAM_COMPARATOR", "ACTIVE_COMPARATOR",
            "NO_INTERVENTION"} <= arms
    assert any(p["designModule"].get("patientRegistry") for p in parts)
    assert any(values(p, "eligibilityModule.eligibilityCriteria")
               and "DISEASE CHARACTERISTICS:" in
               p["eligibilityModule"]["eligibilityCriteria"] for p in parts)


def test_hostile_text_is_there():
    raw = (SAMPLES / "NCT99990015.json").read_text(encoding="utf-8")
    texts = "\x00".join(text for _, text in walk(sample("NCT99990015")))

    assert raw.isascii()
    for piece in ("<script>alert(1)</script>", "javascript:alert(1)", "]]>",
                  "&amp;lt;", "\u0007", "\u202e", "\ufffe", "\"", "'",
                  "<!--#"):
        assert piece in texts
    assert max(len(word) for word in texts.split()) > 800
    links = protocol("NCT99990015")["referencesModule"]["seeAlsoLinks"]
    assert any(link["url"].startswith("javascript:") for link in links)


def test_posted_results():
    study = sample("NCT99990009")
    flow = study["resultsSection"]["participantFlowModule"]

    assert study["hasResults"] is True
    rows = {m["type"]: [int(a["numSubjects"]) for a in m["achievements"]]
            for m in flow["periods"][0]["milestones"]}
    assert rows["STARTED"] == [
        a + b for a, b in zip(rows["COMPLETED"], rows["NOT COMPLETED"])]
    assert sum(rows["STARTED"]) == study["protocolSection"]["designModule"][
        "enrollmentInfo"]["count"]
    for reference in study["protocolSection"]["referencesModule"][
            "references"]:
        assert reference.get("pmid", "99900000").startswith("999")
