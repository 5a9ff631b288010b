<?xml version="1.0" encoding="UTF-8"?>
<!-- The page of a trial, its parts in the order of the reader's questions. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:w="urn:trials:words">

<xsl:output method="html" encoding="UTF-8" indent="no"
            doctype-system="about:legacy-compat"/>

<xsl:include href="house.xsl"/>
<xsl:include href="prose.xsl"/>
<xsl:include href="places.xsl"/>

<xsl:template match="/trial">
  <xsl:call-template name="house">
    <xsl:with-param name="title" select="title"/>
    <xsl:with-param name="description"><xsl:for-each select="lead"><xsl:call-template name="sentences"/></xsl:for-each></xsl:with-param>
    <xsl:with-param name="type" select="'article'"/>
  </xsl:call-template>
</xsl:template>

<xsl:template match="/trial" mode="head">
  <link rel="alternate" type="application/json" href="{$url}.json"/>
  <link rel="alternate" type="application/atom+xml" href="{$url}/feed.atom" w:title="changes.feed"/>
  <link rel="alternate" type="application/json+oembed" href="{$base}/oembed?url={@escaped}"/>
  <script type="application/ld+json"><xsl:value-of select="schema"/></script>
</xsl:template>

<xsl:template match="/trial" mode="main">
  <article>
    <header class="trial">
      <p class="badges"><xsl:apply-templates select="badge"/></p>
      <h1><xsl:call-template name="english"/><xsl:value-of select="title"/></h1>
      <xsl:if test="official"><p class="official"><xsl:call-template name="english"/><xsl:value-of select="official"/></p></xsl:if>
      <p class="lead"><xsl:for-each select="lead"><xsl:call-template name="sentences"/></xsl:for-each></p>
      <p class="notice"><w:say id="notice"/></p>
      <xsl:if test="$foreign"><p class="notice"><w:say id="notice.language"/></p></xsl:if>
    </header>
    <nav class="contents" w:aria-label="contents"><ul>
      <xsl:if test="eligibility"><li><a href="#eligibility"><w:say id="eligibility"/></a></li></xsl:if>
      <xsl:if test="design/* or time/*"><li><a href="#design"><w:say id="design"/></a></li></xsl:if>
      <xsl:if test="places"><li><a href="#places"><w:say id="places"/></a></li></xsl:if>
      <li><a href="#contact"><w:say id="contact"/></a></li>
      <li><a href="#doctor"><w:say id="doctor"/></a></li>
    </ul></nav>
    <xsl:call-template name="fresh"/>
    <section id="facts"><h2><w:say id="facts"/></h2>
      <dl class="facts"><xsl:apply-templates select="facts/fact"/></dl>
    </section>
    <xsl:call-template name="about"/>
    <xsl:call-template name="stage"/>
    <xsl:call-template name="design"/>
    <xsl:apply-templates select="eligibility"/>
    <xsl:call-template name="treatments"/>
    <xsl:apply-templates select="places"/>
    <section id="contact"><h2><w:say id="contact"/></h2><xsl:call-template name="contacts"/></section>
    <xsl:call-template name="doctor"/>
    <xsl:apply-templates select="changes"/>
    <xsl:call-template name="results"/>
    <xsl:call-template name="oversight"/>
    <xsl:call-template name="answers"/>
    <xsl:call-template name="sources"/>
    <xsl:apply-templates select="terms"/>
  </article>
</xsl:template>

<xsl:template match="badge">
  <xsl:if test="position() > 1"><span class="dot"> · </span></xsl:if>
  <span class="badge"><xsl:if test="@kind"><xsl:attribute name="class">badge <xsl:value-of select="@kind"/></xsl:attribute></xsl:if><xsl:value-of select="."/></span>
</xsl:template>

<xsl:template name="fresh">
  <xsl:if test="fresh/*"><section id="fresh"><h2><w:say id="fresh"/></h2>
    <xsl:apply-templates select="fresh/warning"/>
    <dl class="dates"><xsl:apply-templates select="fresh/fact"/></dl>
  </section></xsl:if>
</xsl:template>

<xsl:template name="about">
  <xsl:if test="summary or details or other-id or acronym">
    <section id="about"><h2><w:say id="about"/></h2>
      <div><xsl:call-template name="english"/><xsl:apply-templates select="summary/*"/></div>
      <xsl:if test="details"><details><summary><w:say id="about.details"/></summary>
        <div><xsl:call-template name="english"/><xsl:apply-templates select="details/*"/></div></details></xsl:if>
      <xsl:if test="other-id or acronym"><details><summary><w:say id="about.ids"/></summary>
        <dl class="ids">
          <xsl:for-each select="acronym"><div><dt><w:say id="id.acronym"/></dt><dd><xsl:value-of select="."/></dd></div></xsl:for-each>
          <xsl:for-each select="other-id"><div><dt><xsl:value-of select="@label"/></dt>
            <dd><xsl:value-of select="."/><xsl:if test="@domain"> (<xsl:value-of select="@domain"/>)</xsl:if></dd></div></xsl:for-each>
        </dl></details></xsl:if>
    </section>
  </xsl:if>
</xsl:template>

<xsl:template name="stage">
  <xsl:if test="stage/*"><section id="stage"><h2><w:say id="stage"/></h2>
    <xsl:if test="stage/p"><p><xsl:for-each select="stage"><xsl:call-template name="sentences"/></xsl:for-each></p></xsl:if>
    <xsl:if test="stage/stopped"><h3><w:say id="stage.stopped"/></h3>
      <div><xsl:call-template name="english"/><xsl:apply-templates select="stage/stopped/*"/></div></xsl:if>
  </section></xsl:if>
</xsl:template>

<xsl:template name="design">
  <xsl:if test="design/* or time/* or outcomes">
    <section id="design"><h2><w:say id="design"/></h2>
      <xsl:if test="design/p"><p><xsl:for-each select="design"><xsl:call-template name="sentences"/></xsl:for-each></p></xsl:if>
      <xsl:if test="design/description or design/masking"><div class="quoted"><xsl:call-template name="english"/>
        <xsl:apply-templates select="design/description/*"/><xsl:apply-templates select="design/masking/*"/></div></xsl:if>
      <xsl:if test="design/arm"><h3><w:say id="design.arms"/></h3>
        <ul class="arms"><xsl:for-each select="design/arm"><li>
          <strong><xsl:call-template name="english"/><xsl:value-of select="@label"/></strong>
          <xsl:if test="@kind"><span class="kind"><xsl:text> </xsl:text><xsl:value-of select="@kind"/></span></xsl:if>
          <xsl:if test="description"><div><xsl:call-template name="english"/><xsl:apply-templates select="description/*"/></div></xsl:if>
        </li></xsl:for-each></ul>
      </xsl:if>
      <xsl:if test="time/*"><h3><w:say id="time"/></h3>
        <xsl:if test="time/p"><p><xsl:for-each select="time"><xsl:call-template name="sentences"/></xsl:for-each></p></xsl:if>
        <xsl:if test="time/quote"><p><w:say id="time.quote"/></p>
          <xsl:for-each select="time/quote"><blockquote><xsl:call-template name="english"/><p><xsl:value-of select="."/></p></blockquote></xsl:for-each></xsl:if>
      </xsl:if>
      <xsl:apply-templates select="outcomes"/>
    </section>
  </xsl:if>
</xsl:template>

<xsl:template match="outcomes">
  <xsl:choose>
    <xsl:when test="position() = 1"><h3><xsl:value-of select="@label"/></h3><xsl:call-template name="outcomes"/></xsl:when>
    <xsl:otherwise><details><summary><xsl:value-of select="@label"/> (<xsl:value-of select="@n"/>)</summary><xsl:call-template name="outcomes"/></details></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:template name="outcomes">
  <ul><xsl:call-template name="english"/><xsl:for-each select="outcome">
    <li><xsl:apply-templates select="measure/node()"/>
      <xsl:if test="when"><p class="when"><w:say id="outcomes.when"><w:with name="when"><xsl:apply-templates select="when/node()"/></w:with></w:say></p></xsl:if>
      <xsl:apply-templates select="description/*"/></li></xsl:for-each></ul>
</xsl:template>

<!-- A term is explained at its first mention. -->
<xsl:template match="term">
  <xsl:choose>
    <xsl:when test="@first"><dfn title="{@meaning}"><a href="#term-{@slug}"><xsl:value-of select="."/></a></dfn></xsl:when>
    <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<!-- Who may join -->

<xsl:template match="eligibility">
  <section id="eligibility"><h2><w:say id="eligibility"/></h2>
    <dl class="facts"><xsl:apply-templates select="fact"/></dl>
    <xsl:if test="@gender-based"><p><w:say id="eligibility.gender"/></p></xsl:if>
    <xsl:if test="gender"><div class="quoted"><xsl:call-template name="english"/><xsl:apply-templates select="gender/*"/></div></xsl:if>
    <xsl:if test="population"><h3><w:say id="eligibility.population"/></h3>
      <div><xsl:call-template name="english"/><xsl:apply-templates select="population/*"/></div></xsl:if>
    <xsl:choose>
      <xsl:when test="group">
        <xsl:if test="notes/p"><p class="grade"><xsl:for-each select="notes"><xsl:call-template name="sentences"/></xsl:for-each></p></xsl:if>
        <xsl:apply-templates select="group"/>
      </xsl:when>
      <xsl:otherwise><p><w:say id="eligibility.none"/></p></xsl:otherwise>
    </xsl:choose>
  </section>
  <xsl:if test="original">
    <details id="original-criteria"><summary><w:say id="eligibility.original"/></summary>
      <div><xsl:call-template name="english"/><xsl:apply-templates select="original/*"/></div>
    </details>
  </xsl:if>
</xsl:template>

<xsl:template match="group">
  <xsl:if test="@first"><h3><xsl:call-template name="group-heading"/></h3></xsl:if>
  <xsl:if test="@heading and (@subgroup or @kind = 'other')"><h4><xsl:call-template name="english"/><xsl:value-of select="@heading"/></h4></xsl:if>
  <xsl:if test="criterion"><ul class="criteria {@kind}"><xsl:call-template name="english"/><xsl:apply-templates select="criterion"/></ul></xsl:if>
</xsl:template>

<!-- It only names whom the next groups are about. -->
<xsl:template match="group[@label]">
  <h3 id="point-{criterion/@no}"><xsl:call-template name="english"/><xsl:apply-templates select="criterion/text/node()"/></h3>
</xsl:template>

<xsl:template match="criterion">
  <li id="point-{@no}"><xsl:if test="@kept"><xsl:attribute name="class">kept</xsl:attribute></xsl:if>
    <xsl:apply-templates select="text/node()"/>
    <xsl:if test="@kept"><xsl:text> </xsl:text><small lang="{$lang}"><w:say id="eligibility.as-is"/></small></xsl:if>
    <xsl:if test="$root/@report-to"><xsl:text> </xsl:text><a class="report" href="{$root/@report-to}{@no}" lang="{$lang}"><w:say id="report"/><span class="hidden"><xsl:text> </xsl:text><w:say id="report.point"><w:with name="n"><xsl:value-of select="@no"/></w:with></w:say></span></a></xsl:if>
    <xsl:if test="criterion"><ul><xsl:apply-templates select="criterion"/></ul></xsl:if></li>
</xsl:template>

<xsl:template name="treatments">
  <xsl:if test="treatment">
    <section id="treatments"><h2><xsl:choose>
        <xsl:when test="design/@watches"><w:say id="treatments.watched"/></xsl:when>
        <xsl:otherwise><w:say id="treatments"/></xsl:otherwise></xsl:choose></h2>
      <ul class="arms"><xsl:for-each select="treatment"><li>
        <strong><xsl:call-template name="english"/><xsl:value-of select="@name"/></strong>
        <xsl:if test="@kind"><span class="kind"><xsl:text> </xsl:text><xsl:value-of select="@kind"/></span></xsl:if>
        <xsl:if test="other"><p class="when"><w:say id="treatments.other"><w:with name="names"><xsl:call-template name="names"><xsl:with-param name="nodes" select="other"/></xsl:call-template></w:with></w:say></p></xsl:if>
        <xsl:if test="group"><p class="when"><w:say id="treatments.groups"><w:with name="names"><xsl:call-template name="names"><xsl:with-param name="nodes" select="group"/></xsl:call-template></w:with></w:say></p></xsl:if>
        <xsl:if test="description"><div><xsl:call-template name="english"/><xsl:apply-templates select="description/*"/></div></xsl:if>
      </li></xsl:for-each></ul>
    </section>
  </xsl:if>
</xsl:template>

<xsl:template name="names">
  <xsl:param name="nodes"/>
  <xsl:for-each select="$nodes"><xsl:if test="position() > 1">; </xsl:if><xsl:value-of select="."/></xsl:for-each>
</xsl:template>

<xsl:template name="doctor">
  <section id="doctor"><h2><w:say id="doctor"/></h2>
    <p><w:say id="doctor.print"><w:with name="print"><a href="{$url}/print"><w:say id="doctor.print.link"/></a></w:with></w:say></p>
    <xsl:if test="questions/topic/question[@own]">
      <p><w:say id="doctor.questions"/></p>
      <ul><xsl:for-each select="questions/topic/question[@own]"><xsl:if test="position() &lt; 9"><li><xsl:value-of select="."/></li></xsl:if></xsl:for-each></ul>
    </xsl:if>
    <p><w:say id="doctor.all"><w:with name="all"><a href="{$url}/questions"><w:say id="doctor.all.link"/></a></w:with></w:say></p>
  </section>
</xsl:template>

<xsl:template match="changes">
  <section id="changes"><h2><w:say id="changes"/></h2>
    <xsl:for-each select="change"><xsl:choose>
      <xsl:when test="position() = 1"><xsl:call-template name="change"/></xsl:when>
      <xsl:otherwise><details><summary><xsl:value-of select="@date"/></summary><xsl:call-template name="change-items"/></details></xsl:otherwise>
    </xsl:choose></xsl:for-each>
    <p><a href="{$url}/feed.atom"><w:say id="changes.feed"/></a></p>
  </section>
</xsl:template>

<xsl:template name="change"><h3><time datetime="{@iso}"><xsl:value-of select="@date"/></time></h3><xsl:call-template name="change-items"/></xsl:template>

<xsl:template name="change-items">
  <ul><xsl:for-each select="item"><li><xsl:value-of select="@text"/>
    <xsl:if test="text"><ul><xsl:call-template name="english"/><xsl:for-each select="text"><li><xsl:value-of select="."/></li></xsl:for-each></ul></xsl:if>
    <xsl:if test="@more"><p><xsl:value-of select="@more"/></p></xsl:if></li></xsl:for-each></ul>
</xsl:template>

<xsl:template name="results">
  <xsl:if test="results or reference or link or document">
    <section id="results"><h2><xsl:choose>
        <xsl:when test="results"><w:say id="results"/></xsl:when>
        <xsl:otherwise><w:say id="results.reading"/></xsl:otherwise></xsl:choose></h2>
      <xsl:for-each select="results"><p><xsl:value-of select="@text"/><xsl:text> </xsl:text>
        <w:say id="results.what"/><xsl:text> </xsl:text><a href="{$official}?tab=results" rel="noopener"><w:say id="results.link"/></a></p></xsl:for-each>
      <xsl:if test="reference[@own]"><h3><w:say id="results.papers"/></h3><ul><xsl:call-template name="english"/><xsl:apply-templates select="reference[@own]"/></ul></xsl:if>
      <xsl:if test="reference[not(@own)]"><details><summary><w:say id="results.background"/></summary><ul><xsl:call-template name="english"/><xsl:apply-templates select="reference[not(@own)]"/></ul></details></xsl:if>
      <xsl:if test="document"><h3><w:say id="results.documents"/></h3><p><a href="{$official}?tab=table#more-information" rel="noopener"><w:say id="results.documents.link"/></a></p>
        <ul><xsl:call-template name="english"/><xsl:for-each select="document"><li><xsl:value-of select="."/><xsl:if test="@date">, <xsl:value-of select="@date"/></xsl:if></li></xsl:for-each></ul></xsl:if>
      <xsl:if test="link"><h3><w:say id="results.links"/></h3><ul><xsl:call-template name="english"/>
        <xsl:for-each select="link"><li><xsl:choose>
          <xsl:when test="@safe"><a href="{@url}" rel="nofollow noopener"><xsl:value-of select="@label"/></a></xsl:when>
          <xsl:otherwise><xsl:value-of select="@label"/><xsl:if test="@label != @url"> (<xsl:value-of select="@url"/>)</xsl:if></xsl:otherwise>
        </xsl:choose></li></xsl:for-each></ul></xsl:if>
    </section>
  </xsl:if>
</xsl:template>

<xsl:template match="reference"><li><xsl:value-of select="."/>
  <xsl:if test="@pmid"><xsl:text> </xsl:text><a href="https://pubmed.ncbi.nlm.nih.gov/{@pmid}/" rel="noopener">PubMed <xsl:value-of select="@pmid"/></a></xsl:if>
  <xsl:if test="@retracted"><xsl:text> </xsl:text><strong lang="{$lang}"><w:say id="results.retracted"/></strong></xsl:if></li></xsl:template>

<xsl:template name="oversight">
  <xsl:if test="oversight/p or oversight/@sharing">
    <section id="oversight"><h2><w:say id="oversight"/></h2>
      <xsl:if test="oversight/p"><p><xsl:for-each select="oversight"><xsl:call-template name="sentences"/></xsl:for-each></p></xsl:if>
      <xsl:if test="oversight/@sharing"><p><xsl:value-of select="oversight/@sharing"/></p></xsl:if>
      <xsl:if test="oversight/data"><details><summary><w:say id="oversight.data"/></summary><div><xsl:call-template name="english"/><xsl:apply-templates select="oversight/data/*"/></div></details></xsl:if>
    </section>
  </xsl:if>
</xsl:template>

<xsl:template name="answers">
  <xsl:if test="answers/answer"><section id="answers"><h2><w:say id="answers"/></h2>
    <dl class="answers"><xsl:for-each select="answers/answer"><div><dt><xsl:value-of select="@question"/></dt><dd><xsl:value-of select="."/></dd></div></xsl:for-each></dl>
  </section></xsl:if>
</xsl:template>

<xsl:template match="terms">
  <section id="words"><h2><w:say id="terms"/></h2>
    <dl><xsl:call-template name="english"/><xsl:for-each select="term"><div id="term-{@slug}">
      <dt><xsl:value-of select="@name"/></dt><dd><xsl:if test="@long"><xsl:value-of select="@long"/>: </xsl:if><xsl:value-of select="."/></dd></div></xsl:for-each></dl>
  </section>
</xsl:template>

<xsl:template name="sources">
  <section id="sources"><h2><w:say id="sources"/></h2>
    <p><w:say id="sources.record"><w:with name="record"><a href="{$official}" rel="noopener"><w:say id="sources.record.link"/></a></w:with></w:say></p>
    <p><w:say id="sources.how"/><xsl:text> </xsl:text><a href="{$base}/methodology"><w:say id="sources.method"/></a></p>
    <p class="cite"><xsl:value-of select="cite"/></p>
    <xsl:if test="source"><h3><w:say id="sources.more"/></h3>
      <ul><xsl:for-each select="source"><li><a href="{@url}" rel="noopener"><xsl:value-of select="."/></a></li></xsl:for-each></ul></xsl:if>
    <xsl:if test="$root/@report-to"><p><a href="{$root/@report-to}0"><w:say id="sources.report"/></a></p></xsl:if>
    <p class="formats"><w:say id="sources.formats"><w:with name="json"><a href="{$url}.json">JSON</a></w:with><w:with name="embed"><a href="{$url}/embed"><w:say id="sources.embed"/></a></w:with></w:say></p>
  </section>
</xsl:template>

</xsl:stylesheet>
