"""The data set of the stand-in registry and the rules for asking it.

What is here is written from the documented behaviour of ClinicalTrials.gov's
API v2: which parameters exist, what they accept, the wording of its errors,
aliases, paging. A parameter of the real API that this stand-in knows of but
does not act on raises NotHere instead of being ignored, because a filter
that is silently dropped would let a test pass for the wrong reason.
"""

import base64
import binascii
import datetime
import gzip
import hashlib
import json
import pathlib
import re
import threading
import zlib

ID = re.compile(r"[Nn][Cc][Tt]0*([1-9][0-9]{0,7})")
DATA_TIMESTAMP = "2026-11-20T09:00:05"
API_VERSION = "2.0.5"
PAGE_DEFAULT = 10
PAGE_MAX = 1000

STATUSES = frozenset(
    "ACTIVE_NOT_RECRUITING COMPLETED ENROLLING_BY_INVITATION "
    "NOT_YET_RECRUITING RECRUITING SUSPENDED TERMINATED WITHDRAWN AVAILABLE "
    "NO_LONGER_AVAILABLE TEMPORARILY_NOT_AVAILABLE APPROVED_FOR_MARKETING "
    "WITHHELD UNKNOWN".split())

# Parameters of the real API, by end point: True where the stand-in acts on
# them. "format" and "markupFormat" are acted on for their default only.
STUDY_PARAMS = {"format": True, "markupFormat": True, "fields": True}
LIST_PARAMS = {
    "format": True, "markupFormat": True, "fields": True,
    "filter.ids": True, "filter.overallStatus": True,
    "filter.advanced": True, "sort": True, "countTotal": True,
    "pageSize": True, "pageToken": True,
    "filter.geo": False, "filter.synonyms": False,
    "postFilter.overallStatus": False, "postFilter.geo": False,
    "postFilter.ids": False, "postFilter.advanced": False,
    "postFilter.synonyms": False, "aggFilters": False, "geoDecay": False,
    "query.cond": True, "query.term": True, "query.locn": True,
    "query.titles": True, "query.intr": True, "query.outc": False,
    "query.spons": True, "query.lead": True, "query.id": True,
    "query.patient": False,
}

_IDENT = "protocolSection.identificationModule."
_STATUS = "protocolSection.statusModule."

# The registry's own short names ("pieces") of fields, for "fields", "sort"
# and the areas of "filter.advanced".
PIECES = {
    "NCTId": _IDENT + "nctId",
    "NCTIdAlias": _IDENT + "nctIdAliases",
    "BriefTitle": _IDENT + "briefTitle",
    "OfficialTitle": _IDENT + "officialTitle",
    "Acronym": _IDENT + "acronym",
    "OverallStatus": _STATUS + "overallStatus",
    "LastKnownStatus": _STATUS + "lastKnownStatus",
    "WhyStopped": _STATUS + "whyStopped",
    "StatusVerifiedDate": _STATUS + "statusVerifiedDate",
    "StartDate": _STATUS + "startDateStruct.date",
    "PrimaryCompletionDate": _STATUS + "primaryCompletionDateStruct.date",
    "CompletionDate": _STATUS + "completionDateStruct.date",
    "StudyFirstSubmitDate": _STATUS + "studyFirstSubmitDate",
    "StudyFirstPostDate": _STATUS + "studyFirstPostDateStruct.date",
    "ResultsFirstPostDate": _STATUS + "resultsFirstPostDateStruct.date",
    "LastUpdateSubmitDate": _STATUS + "lastUpdateSubmitDate",
    "LastUpdatePostDate": _STATUS + "lastUpdatePostDateStruct.date",
    "LeadSponsorName":
        "protocolSection.sponsorCollaboratorsModule.leadSponsor.name",
    "BriefSummary": "protocolSection.descriptionModule.briefSummary",
    "Condition": "protocolSection.conditionsModule.conditions",
    "StudyType": "protocolSection.designModule.studyType",
    "Phase": "protocolSection.designModule.phases",
    "EligibilityCriteria":
        "protocolSection.eligibilityModule.eligibilityCriteria",
    "LocationCountry":
        "protocolSection.contactsLocationsModule.locations.country",
    "VersionHolder": "derivedSection.miscInfoModule.versionHolder",
    "HasResults": "hasResults",
}
for _section, _modules in {
        "protocolSection":
            "identificationModule statusModule sponsorCollaboratorsModule "
            "oversightModule descriptionModule conditionsModule designModule "
            "armsInterventionsModule outcomesModule eligibilityModule "
            "contactsLocationsModule referencesModule "
            "ipdSharingStatementModule",
        "resultsSection":
            "participantFlowModule baselineCharacteristicsModule "
            "outcomeMeasuresModule adverseEventsModule moreInfoModule",
        "annotationSection": "annotationModule",
        "documentSection": "largeDocumentModule",
        "derivedSection":
            "miscInfoModule conditionBrowseModule interventionBrowseModule",
}.items():
    PIECES[_section[0].upper() + _section[1:]] = _section
    for _module in _modules.split():
        PIECES[_module[0].upper() + _module[1:]] = f"{_section}.{_module}"
PATHS = frozenset(PIECES.values())

# What the "query." parameters look into.
_CONDITIONS = "protocolSection.conditionsModule."
_ARMS = "protocolSection.armsInterventionsModule.interventions."
_PLACES = "protocolSection.contactsLocationsModule.locations."
_SPONSORS = "protocolSection.sponsorCollaboratorsModule."
_TITLES = [_IDENT + name for name in
           ("briefTitle", "officialTitle", "acronym")]
QUERIES = {
    "query.cond": [_CONDITIONS + "conditions", _CONDITIONS + "keywords",
                   _IDENT + "briefTitle"],
    "query.locn": [_PLACES + name for name in
                   ("facility", "city", "state", "zip", "country")],
    "query.titles": _TITLES,
    "query.intr": [_ARMS + "name", _ARMS + "otherNames"],
    "query.spons": [_SPONSORS + "leadSponsor.name",
                    _SPONSORS + "collaborators.name"],
    "query.lead": [_SPONSORS + "leadSponsor.name"],
    "query.id": [_IDENT + "nctId", _IDENT + "nctIdAliases",
                 _IDENT + "orgStudyIdInfo.id"],
}
QUERIES["query.term"] = sorted({path for paths in QUERIES.values()
                                for path in paths} | {PIECES["BriefSummary"]})
DATES = frozenset(name for name in PIECES if name.endswith("Date"))


class BadRequest(Exception):
    """The registry would answer 400 with this text."""


class NotHere(Exception):
    """The real API has this; the stand-in does not do it."""


class NotFound(Exception):
    """A well-formed id that no study has."""


class Moved(Exception):
    """The id is an alias of the study whose id is the argument."""


class Page:
    """An answer to a list request: the studies and how it goes on."""

    def __init__(self, rows, token, total):
        self.rows = rows
        self.token = token
        self.total = total

    def body(self):
        parts = ["{"]
        if self.total is not None:
            parts.append(f'"totalCount":{self.total},')
        if self.rows:
            parts.append('"studies":[\n' + ",\n".join(self.rows) + "\n]")
        else:
            parts.append('"studies":[  ]')
        if self.token:
            parts.append(f',"nextPageToken":{json.dumps(self.token)}')
        parts.append("}")
        return "".join(parts).encode("utf-8")


def canonical(text):
    """The canonical form of an id, or None if it cannot be one."""
    match = ID.fullmatch(text)
    return f"NCT{match.group(1):0>8}" if match else None


def compact(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def lookup(node, path):
    """All leaves at a dotted path, through lists."""
    for name in path.split("."):
        found = []
        for one in node if isinstance(node, list) else [node]:
            if isinstance(one, dict) and name in one:
                value = one[name]
                found += value if isinstance(value, list) else [value]
        node = found
    return node


def prune(node, paths):
    """What is left of a record when only these paths (lists of names) are
    asked for; order and nesting stay as they are."""
    if any(not path for path in paths):
        return node
    if isinstance(node, list):
        kept = [prune(one, paths) for one in node]
        return [one for one in kept if one not in ({}, [])]
    if not isinstance(node, dict):
        return {}
    kept = {}
    for name, child in node.items():
        below = [path[1:] for path in paths if path[0] == name]
        if below:
            rest = prune(child, below)
            if rest not in ({}, []) or rest == child:
                kept[name] = rest
    return kept


def split_list(text):
    return re.split(r"[,|]", text)


class Studies:
    """The studies, safe to use from many threads; `lock` guards them all."""

    def __init__(self, folders=(), stamp_versions=False):
        self.lock = threading.RLock()
        self.timestamp = DATA_TIMESTAMP
        self.stamp_versions = stamp_versions
        self._studies = {}
        self._aliases = {}
        self._bodies = {}
        self._seen_paths = None
        for folder in folders:
            paths = sorted(pathlib.Path(folder).glob("*.json"))
            if not paths:
                raise ValueError(f"no *.json in {folder}")
            for path in paths:
                with open(path, encoding="utf-8") as source:
                    self._add(json.load(source), str(path))

    def __len__(self):
        with self.lock:
            return len(self._studies)

    # Changing the data set.

    def _add(self, study, where):
        try:
            ident = study["protocolSection"]["identificationModule"]
            nct_id = canonical(ident["nctId"])
        except (KeyError, TypeError) as error:
            raise ValueError(f"{where}: not a study") from error
        if nct_id is None or nct_id != ident["nctId"]:
            raise ValueError(f"{where}: bad nctId {ident['nctId']!r}")
        self._forget(nct_id)
        self._studies[nct_id] = study
        for alias in ident.get("nctIdAliases", []):
            self._aliases[alias] = nct_id
        return nct_id

    def _forget(self, nct_id):
        self._studies.pop(nct_id, None)
        self._bodies.clear()
        self._seen_paths = None
        for alias in [a for a, to in self._aliases.items() if to == nct_id]:
            del self._aliases[alias]

    def put(self, study):
        with self.lock:
            nct_id = self._add(study, "put")
            self.rebuild()
            return nct_id

    def remove(self, nct_id):
        with self.lock:
            if not isinstance(nct_id, str) or nct_id not in self._studies:
                raise ValueError(f"remove: no study {nct_id!r}")
            self._forget(nct_id)
            self.rebuild()

    def rebuild(self):
        """A new build of the data set: the next day, as the registry does
        it, so that dataTimestamp and the ETag of everything move."""
        with self.lock:
            when = datetime.datetime.fromisoformat(self.timestamp)
            when += datetime.timedelta(days=1)
            self.timestamp = when.isoformat(timespec="seconds")
            self._bodies.clear()

    # Asking it.

    def version(self):
        with self.lock:
            return compact({"apiVersion": API_VERSION,
                            "dataTimestamp": self.timestamp}).encode()

    def etag(self):
        """One tag for a whole build of the data set, as the live API has."""
        with self.lock:
            digest = hashlib.sha256(self.timestamp.encode())
            return digest.hexdigest()[:32]

    def study(self, text, params):
        """The body of one study and its gzip form."""
        check_names(params, STUDY_PARAMS)
        check_format(params)
        nct_id = canonical(text)
        if nct_id is None:
            raise BadRequest("Parameter `nctId` has incorrect format")
        with self.lock:
            paths = self._fields(params)
            if nct_id in self._aliases and nct_id not in self._studies:
                raise Moved(self._aliases[nct_id])
            if nct_id not in self._studies:
                raise NotFound(f"NCT number {nct_id} not found")
            key = (nct_id, params.get("fields"))
            if key not in self._bodies:
                body = self._row(nct_id, paths).encode("utf-8")
                self._bodies[key] = body, gzip.compress(body, 1, mtime=0)
            return self._bodies[key]

    def page(self, params, hidden=frozenset()):
        """A page of studies; `hidden` ones are left out, as if gone."""
        check_names(params, LIST_PARAMS)
        check_format(params)
        size = page_size(params)
        with self.lock:
            paths = self._fields(params)
            rows = self._selected(params)
            rows = [nct_id for nct_id in rows if nct_id not in hidden]
            rows = self._sorted(rows, params)
            start = read_token(params)
            count = params.get("countTotal", "false")
            if count not in ("true", "false"):
                raise BadRequest("Value provided in parameter `countTotal` "
                                 "cannot be converted to boolean")
            chosen = rows[start:start + size]
            token = None
            if start + size < len(rows):
                token = make_token(params, start + size)
            total = len(rows) if count == "true" and not start else None
            return Page([self._row(one, paths) for one in chosen], token,
                        total)

    def _row(self, nct_id, paths):
        study = self._studies[nct_id]
        if self.stamp_versions:
            derived = dict(study.get("derivedSection", {}))
            derived["miscInfoModule"] = dict(
                derived.get("miscInfoModule", {}),
                versionHolder=self.timestamp[:10])
            study = dict(study, derivedSection=derived)
        if paths is not None:
            study = prune(study, paths)
        return compact(study)

    def _fields(self, params):
        """The paths that "fields" asks for, or None for all."""
        if "fields" not in params:
            return None
        paths = []
        for name in split_list(params["fields"]):
            path = PIECES.get(name, name)
            if path not in PATHS and path not in self._known_paths():
                raise BadRequest("Parameter 'fields' contains invalid field "
                                 f"name: '{name}'")
            paths.append(path.split("."))
        return paths

    def _known_paths(self):
        if self._seen_paths is None:
            seen = set()
            stack = [(study, "") for study in self._studies.values()]
            while stack:
                node, prefix = stack.pop()
                if isinstance(node, dict):
                    for name, child in node.items():
                        seen.add(prefix + name)
                        stack.append((child, f"{prefix}{name}."))
                elif isinstance(node, list):
                    stack += [(child, prefix) for child in node]
            self._seen_paths = seen
        return self._seen_paths

    def _selected(self, params):
        rows = sorted(self._studies)
        if "filter.ids" in params:
            wanted = set()
            for n, one in enumerate(split_list(params["filter.ids"]), 1):
                nct_id = canonical(one)
                if nct_id is None:
                    raise BadRequest(f"Item {n} in parameter `filter.ids` "
                                     "has incorrect format")
                wanted.add(nct_id)
                wanted.add(self._aliases.get(nct_id))
            rows = [one for one in rows if one in wanted]
        if "filter.overallStatus" in params:
            wanted = split_list(params["filter.overallStatus"])
            for one in wanted:
                if one not in STATUSES:
                    raise BadRequest("Invalid value in parameter "
                                     f"`overallStatus`: `{one}`")
            rows = [one for one in rows if lookup(
                self._studies[one], PIECES["OverallStatus"])[0] in wanted]
        for name, paths in QUERIES.items():
            if name in params:
                words = parse_query(name, params[name])
                rows = [one for one in rows
                        if matches(self._studies[one], paths, words)]
        if "filter.advanced" in params:
            tests = parse_advanced(params["filter.advanced"])
            rows = [one for one in rows
                    if all(test(self._studies[one]) for test in tests)]
        return rows

    def _sorted(self, rows, params):
        if "sort" not in params:
            return rows
        for n, item in enumerate(reversed(split_list(params["sort"]))):
            name, _, direction = item.partition(":")
            count = len(split_list(params["sort"])) - n
            if name not in PIECES or direction not in ("", "asc", "desc"):
                raise BadRequest(f"Item {count} in parameter `sort` has "
                                 "incorrect format")
            if name not in DATES:
                raise BadRequest("Unsupported sort field type: text")
            rows = self._sorted_by(rows, name, direction != "asc")
        return rows

    def _sorted_by(self, rows, name, descending):
        """Studies that lack the field come last in either direction."""
        dates = {one: lookup(self._studies[one], PIECES[name])
                 for one in rows}
        have = sorted((one for one in rows if dates[one]),
                      key=lambda one: dates[one][0], reverse=descending)
        return have + [one for one in rows if not dates[one]]


def check_names(params, known):
    for name in params:
        if name not in known:
            raise BadRequest(f"`{name}` is unknown parameter")
    for name in params:
        if not known[name]:
            raise NotHere(f"the stand-in does not do `{name}`")


def check_format(params):
    for name, default, others in (
            ("format", "json", ("csv", "json.zip", "fhir.json", "ris")),
            ("markupFormat", "markdown", ("legacy",))):
        value = params.get(name, default)
        if value in others:
            raise NotHere(f"the stand-in does not do `{name}={value}`")
        if value != default:
            raise BadRequest(f"Invalid value in parameter `{name}`: "
                             f"`{value}`")


def page_size(params):
    text = params.get("pageSize", "0")
    if not re.fullmatch(r"[+-]?[0-9]{1,10}", text) \
            or not -2**31 <= int(text) < 2**31:
        raise BadRequest("Value provided in parameter `pageSize` cannot be "
                         "converted to 32-bit integer")
    if int(text) < 0:
        raise BadRequest("Parameter `pageSize` must not be negative")
    return min(int(text) or PAGE_DEFAULT, PAGE_MAX)


def _question(params):
    """What a page token belongs to: everything but the paging itself."""
    names = sorted(set(params) - {"pageToken", "pageSize", "countTotal"})
    return zlib.crc32(repr([(n, params[n]) for n in names]).encode())


def make_token(params, start):
    raw = f"{_question(params):08x}{start:x}".encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def read_token(params):
    if "pageToken" not in params:
        return 0
    text = params["pageToken"]
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        question, start = int(raw[:8], 16), int(raw[8:], 16)
    except (binascii.Error, ValueError) as error:
        raise BadRequest(
            "Parameter `pageToken` has incorrect format") from error
    if question != _question(params):
        raise BadRequest("Parameter `pageToken` is of another query")
    return start


def parse_query(name, text):
    """The part of Essie that a search box sees: words and "phrases", all of
    which must be there; OR between them makes alternatives."""
    alternatives = []
    for part in re.split(r"\s+OR\s+", text.strip()):
        if re.search(r"[\[\]()]|\bAND\b|\bNOT\b", part):
            raise NotHere(f"the stand-in does not do {part!r} in `{name}`")
        found = [(quoted or bare).lower() for quoted, bare in
                 re.findall(r'"([^"]+)"|([^\s"]+)', part)]
        if not found:
            raise BadRequest(f"Error parsing query in `{name}`")
        alternatives.append(found)
    return alternatives


def matches(study, paths, alternatives):
    text = "\n".join(str(value) for path in paths
                     for value in lookup(study, path)).lower()
    return any(all(re.search(rf"\b{re.escape(word)}\b", text)
                   for word in words) for words in alternatives)


def parse_advanced(text):
    """The part of the Essie syntax that a reader of the change feed uses:
    AREA[name]RANGE[from,to] and AREA[name]value, joined by AND. Returns the
    conditions that a study must fulfil."""
    tests = []
    for part in re.split(r"\s+AND\s+", text.strip()):
        match = re.fullmatch(
            r"AREA\[\s*([^\]]*?)\s*\]\s*(?:RANGE\[([^,\]]*),([^\]]*)\]|"
            r"\"([^\"]*)\"|([^\s\[\]\"]+))", part)
        if match is None:
            raise BadRequest("Error parsing query in advanced filter: "
                             f"unexpected `{part}`")
        name, low, high, quoted, bare = match.groups()
        if name not in PIECES:
            raise BadRequest("Error parsing query in advanced filter: "
                             f"Unknown area name: `{name}`")
        if low is not None:
            tests.append(_range(name, low, high))
        else:
            value = quoted if quoted is not None else bare
            tests.append(_equals(name, value))
    return tests


def _equals(name, value):
    path = PIECES[name]
    return lambda study: value in map(str, lookup(study, path))


def _range(name, low, high):
    path = PIECES[name]
    low, high = _bound(low, "MIN"), _bound(high, "MAX")

    def inside(study):
        return any((low is None or low <= str(value))
                   and (high is None or str(value)[:len(high)] <= high)
                   for value in lookup(study, path))

    return inside


def _bound(text, open_end):
    """A date of a range in ISO form, or None where the range is open."""
    text = text.strip()
    if text == open_end:
        return None
    match = re.fullmatch(r"(\d\d)/(\d\d)/(\d{4})", text)
    if match:
        text = "{2}-{0}-{1}".format(*match.groups())
    if not re.fullmatch(r"\d{4}(-\d\d(-\d\d)?)?", text):
        raise BadRequest("Error parsing query in advanced filter: "
                         f"invalid date `{text}`")
    return text
