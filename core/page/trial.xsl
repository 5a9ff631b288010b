<?xml version="1.0" encoding="UTF-8"?>
<!-- A trial as page, summary for paper, or fragment: $rendition says which. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">

<xsl:output method="html" encoding="UTF-8" indent="no"
            doctype-system="about:legacy-compat"/>
<xsl:param name="rendition" select="'page'"/>

<xsl:variable name="t" select="/trial"/>
<xsl:variable name="url" select="concat($t/@base, '/', $t/@id)"/>
<xsl:variable name="official"
              select="concat('https://clinicaltrials.gov/study/', $t/@id)"/>

<xsl:template match="/trial">
  <xsl:choose>
    <xsl:when test="$rendition = 'embed'"><xsl:call-template name="embed"/></xsl:when>
    <xsl:when test="$rendition = 'print'"><xsl:call-template name="print"/></xsl:when>
    <xsl:otherwise><xsl:call-template name="page"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:template name="head">
  <head>
    <title><xsl:value-of select="title"/> – <xsl:value-of select="@site"/></title>
    <meta name="viewport" content="width=device-width, initial-scale=1"/>
    <meta name="description" content="{title}. {status/label}. {@id}, run by {sponsor}."/>
    <link rel="canonical" href="{$url}"/>
    <meta property="og:type" content="article"/>
    <meta property="og:title" content="{title}"/>
    <meta property="og:url" content="{$url}"/>
    <style><xsl:value-of select="css"/></style>
    <xsl:if test="$rendition = 'page'">
      <script type="application/ld+json"><xsl:value-of select="schema"/></script>
    </xsl:if>
  </head>
</xsl:template>

<!-- The page -->

<xsl:template name="page">
  <html lang="en">
    <xsl:call-template name="head"/>
    <body>
      <a class="skip" href="#main">Go to the text</a>
      <main id="main">
        <header>
          <p class="badges"><xsl:apply-templates select="badge"/></p>
          <h1><xsl:value-of select="title"/></h1>
          <xsl:if test="official"><p class="official"><xsl:value-of select="official"/></p></xsl:if>
          <xsl:call-template name="lead"/>
          <xsl:call-template name="notice"/>
        </header>
        <section id="fresh"><h2>How fresh is this?</h2>
          <xsl:apply-templates select="fresh/warning"/>
          <dl class="dates"><xsl:apply-templates select="fresh/fact"/></dl>
        </section>
        <section id="facts"><h2>Key facts</h2>
          <dl class="facts"><xsl:apply-templates select="facts/fact"/></dl>
        </section>
        <xsl:if test="summary">
          <section id="about"><h2>About this <xsl:value-of select="@noun"/></h2>
            <xsl:apply-templates select="summary/*"/>
            <xsl:if test="details">
              <details><summary>The longer description</summary>
                <xsl:apply-templates select="details/*"/>
              </details>
            </xsl:if>
          </section>
        </xsl:if>
        <xsl:if test="stage/p">
          <section id="stage"><h2>What stage of research is this?</h2>
            <xsl:apply-templates select="stage/p"/>
            <xsl:if test="status/stopped"><h3>Why it stopped</h3>
              <xsl:apply-templates select="status/stopped/*"/></xsl:if>
          </section>
        </xsl:if>
        <xsl:if test="design/* or outcomes">
          <section id="design"><h2>What happens in this <xsl:value-of select="@noun"/></h2>
            <xsl:apply-templates select="design/p"/>
            <xsl:apply-templates select="design/description/*"/>
            <xsl:if test="design/arm"><h3>The groups</h3>
              <ul><xsl:for-each select="design/arm"><li>
                <strong><xsl:value-of select="@label"/></strong>
                <xsl:if test="@kind">. <xsl:value-of select="@kind"/>.</xsl:if>
                <xsl:apply-templates select="description/*"/>
              </li></xsl:for-each></ul>
            </xsl:if>
            <xsl:apply-templates select="outcomes"/>
          </section>
        </xsl:if>
        <xsl:apply-templates select="eligibility"/>
        <xsl:if test="treatment">
          <section id="treatments"><h2>What is being tested</h2>
            <ul><xsl:for-each select="treatment"><li>
              <strong><xsl:value-of select="@name"/></strong>
              <xsl:if test="@kind">. <xsl:value-of select="@kind"/>.</xsl:if>
              <xsl:if test="other"><xsl:text> Also called: </xsl:text><xsl:for-each select="other">
                <xsl:if test="position() > 1">, </xsl:if><xsl:value-of select="."/></xsl:for-each>.</xsl:if>
              <xsl:if test="group"><xsl:text> For: </xsl:text><xsl:for-each select="group">
                <xsl:if test="position() > 1">, </xsl:if><xsl:value-of select="."/></xsl:for-each>.</xsl:if>
              <xsl:apply-templates select="description/*"/>
            </li></xsl:for-each></ul>
          </section>
        </xsl:if>
        <xsl:apply-templates select="places"/>
        <section id="contact"><h2>Contact</h2><xsl:call-template name="contacts"/></section>
        <section id="doctor"><h2>Talk to your doctor</h2>
          <p><a href="{$url}/print">Print a summary to take along</a>. These questions may help:</p>
          <ul><xsl:for-each select="questions/question"><li><xsl:value-of select="."/></li></xsl:for-each></ul>
        </section>
        <xsl:if test="results or reference or link">
          <section id="results"><h2>Results and reading</h2>
            <xsl:for-each select="results"><p>Results were posted<xsl:if test="@posted"> on <xsl:value-of select="@posted"/></xsl:if>.
              <a href="{$official}?tab=results">Read them at ClinicalTrials.gov</a>.</p></xsl:for-each>
            <xsl:if test="reference or link"><ul>
              <xsl:for-each select="reference"><li><xsl:value-of select="."/>
                <xsl:if test="@retracted"> (This paper was taken back.)</xsl:if></li></xsl:for-each>
              <xsl:for-each select="link"><li><xsl:choose>
                <xsl:when test="@safe"><a href="{@url}" rel="nofollow noopener"><xsl:value-of select="@label"/></a></xsl:when>
                <xsl:otherwise><xsl:value-of select="@label"/> (<xsl:value-of select="@url"/>)</xsl:otherwise>
              </xsl:choose></li></xsl:for-each>
            </ul></xsl:if>
          </section>
        </xsl:if>
        <xsl:if test="oversight/p">
          <section id="oversight"><h2>Who watches over it</h2><xsl:apply-templates select="oversight/p"/></section>
        </xsl:if>
        <xsl:if test="terms/term">
          <section id="words"><h2>Words explained</h2>
            <dl><xsl:for-each select="terms/term"><div id="term-{@slug}">
              <dt><xsl:value-of select="@name"/></dt><dd><xsl:value-of select="."/></dd></div></xsl:for-each></dl>
          </section>
        </xsl:if>
        <xsl:call-template name="sources"/>
      </main>
    </body>
  </html>
</xsl:template>

<xsl:template match="badge">
  <xsl:if test="position() > 1"><span class="dot"> · </span></xsl:if>
  <span class="badge"><xsl:value-of select="."/></span>
</xsl:template>

<xsl:template name="lead">
  <p class="lead">This <xsl:value-of select="@noun"/> is about <xsl:for-each select="condition">
    <xsl:choose><xsl:when test="position() = 1"/>
      <xsl:when test="position() = last()"> and </xsl:when>
      <xsl:otherwise>, </xsl:otherwise></xsl:choose>
    <xsl:value-of select="."/></xsl:for-each>
    <xsl:if test="not(condition)">a subject that the record does not name</xsl:if>.
    <xsl:if test="sponsor">It is run by <xsl:value-of select="sponsor"/>. </xsl:if>
    <xsl:value-of select="status/why"/>
    <xsl:text> Its id is </xsl:text><xsl:value-of select="@id"/>.</p>
</xsl:template>

<xsl:template name="notice">
  <p class="notice">This is information, not medical advice. Talk to your doctor before you decide.</p>
</xsl:template>

<xsl:template match="fact">
  <div><dt><xsl:value-of select="@label"/></dt><dd><xsl:value-of select="@text"/></dd></div>
</xsl:template>

<xsl:template match="warning"><p class="warning"><xsl:value-of select="."/></p></xsl:template>

<!-- Texts -->

<xsl:template match="p"><p><xsl:apply-templates/></p></xsl:template>
<xsl:template match="heading"><p class="heading"><xsl:apply-templates/></p></xsl:template>
<xsl:template match="list[@ordered]"><ol><xsl:apply-templates select="item"/></ol></xsl:template>
<xsl:template match="list"><ul><xsl:apply-templates select="item"/></ul></xsl:template>
<xsl:template match="item"><li><xsl:apply-templates/></li></xsl:template>

<xsl:template match="term"><xsl:choose>
  <xsl:when test="@first and $rendition = 'page'"><dfn title="{@meaning}"><a href="#term-{@slug}"><xsl:value-of select="."/></a></dfn></xsl:when>
  <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise>
</xsl:choose></xsl:template>

<xsl:template match="outcomes">
  <xsl:choose>
    <xsl:when test="position() = 1"><h3><xsl:value-of select="@label"/></h3><ul><xsl:apply-templates select="outcome"/></ul></xsl:when>
    <xsl:otherwise><details><summary><xsl:value-of select="@label"/> (<xsl:value-of select="count(outcome)"/>)</summary>
      <ul><xsl:apply-templates select="outcome"/></ul></details></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:template match="outcome">
  <li><xsl:apply-templates select="measure/node()"/>
    <xsl:if test="when"><span class="when"> When: <xsl:apply-templates select="when/node()"/></span></xsl:if>
    <xsl:apply-templates select="description/*"/></li>
</xsl:template>

<!-- Who may join -->

<xsl:template match="eligibility">
  <section id="eligibility"><h2>Who may be able to join</h2>
    <p class="grade">In plain words, from reading grade <xsl:value-of select="@before"/> to grade <xsl:value-of select="@after"/>.
      All <xsl:value-of select="@n"/> points of the record are here.
      <xsl:if test="@kept > 0"><xsl:text> </xsl:text><xsl:value-of select="@kept"/> could not safely be put in plainer words and are in the record's own words.</xsl:if></p>
    <xsl:apply-templates select="group"/>
  </section>
    <details id="original-criteria"><summary>The record's own words</summary>
      <xsl:apply-templates select="original/*"/>
    </details>
</xsl:template>

<xsl:template match="group">
  <xsl:if test="not(@subgroup) or not(preceding-sibling::group[1]) or preceding-sibling::group[1]/@kind != @kind">
    <h3><xsl:choose>
      <xsl:when test="@kind = 'inclusion'">You may be able to join if</xsl:when>
      <xsl:when test="@kind = 'exclusion'">You may not be able to join if</xsl:when>
      <xsl:otherwise>What the record says</xsl:otherwise></xsl:choose></h3>
  </xsl:if>
  <xsl:if test="@heading and (@subgroup or @kind = 'other')"><h4><xsl:value-of select="@heading"/></h4></xsl:if>
  <xsl:if test="criterion"><ul><xsl:apply-templates select="criterion"/></ul></xsl:if>
</xsl:template>

<xsl:template match="criterion">
  <li><xsl:if test="@kept"><xsl:attribute name="class">kept</xsl:attribute></xsl:if>
    <xsl:if test="$rendition = 'print' and not(criterion)"><span class="box">☐ </span></xsl:if>
    <xsl:apply-templates select="text/node()"/>
    <xsl:if test="@kept"><small> (in the record's own words)</small></xsl:if>
    <xsl:if test="criterion"><ul><xsl:apply-templates select="criterion"/></ul></xsl:if></li>
</xsl:template>

<!-- Places and contacts -->

<xsl:template match="places">
  <section id="places"><h2>Places</h2>
    <p><xsl:value-of select="@n"/><xsl:text> </xsl:text><xsl:choose><xsl:when test="@n = 1">place</xsl:when><xsl:otherwise>places</xsl:otherwise></xsl:choose>.
      <xsl:if test="@open > 0"><xsl:text> </xsl:text><xsl:value-of select="@open"/> of them said to be looking for volunteers.</xsl:if></p>
    <xsl:for-each select="country"><details>
      <xsl:if test="/trial/places/@n &lt; 6"><xsl:attribute name="open">open</xsl:attribute></xsl:if>
      <summary><xsl:value-of select="@name"/> (<xsl:value-of select="@n"/>)</summary>
      <ul><xsl:for-each select="city"><li><strong><xsl:value-of select="@name"/></strong>
        <ul><xsl:for-each select="site"><li><xsl:value-of select="@name"/>
          <xsl:if test="@status">: <xsl:value-of select="@status"/></xsl:if>
          <xsl:apply-templates select="contact"/></li></xsl:for-each></ul></li></xsl:for-each></ul>
    </details></xsl:for-each>
  </section>
</xsl:template>

<xsl:template match="contact">
  <div class="contact"><xsl:value-of select="@name"/>
    <xsl:if test="@phone"><xsl:text> </xsl:text><xsl:choose>
      <xsl:when test="@tel"><a href="tel:{@tel}"><xsl:value-of select="@phone"/></a></xsl:when>
      <xsl:otherwise><xsl:value-of select="@phone"/></xsl:otherwise></xsl:choose>
      <xsl:if test="@ext"> ext. <xsl:value-of select="@ext"/></xsl:if></xsl:if>
    <xsl:if test="@email"><xsl:text> </xsl:text><xsl:choose>
      <xsl:when test="@mailto"><a href="mailto:{@email}"><xsl:value-of select="@email"/></a></xsl:when>
      <xsl:otherwise><xsl:value-of select="@email"/></xsl:otherwise></xsl:choose></xsl:if></div>
</xsl:template>

<xsl:template name="contacts">
  <xsl:apply-templates select="contacts/contact"/>
  <xsl:if test="not(contacts/contact)"><p>The record names no contact for the whole <xsl:value-of select="@noun"/>.
    Ask at one of the places, or ask your doctor to get in touch with <xsl:value-of select="sponsor"/>.</p></xsl:if>
  <xsl:for-each select="contacts/official"><p><xsl:if test="@role"><xsl:value-of select="@role"/>: </xsl:if><xsl:value-of select="@name"/>
    <xsl:if test="@at">, <xsl:value-of select="@at"/></xsl:if></p></xsl:for-each>
</xsl:template>

<xsl:template name="sources">
  <section id="sources"><h2>Sources and method</h2>
    <p>All facts come from the record <a href="{$official}" rel="noopener"><xsl:value-of select="@id"/> at ClinicalTrials.gov</a>.
      We put its points on who may join in plainer words by fixed rules, explain its terms, and add headings and questions.
      A program checks that no number, limit or "not" was lost. What it cannot prove stays as it was.</p>
    <p>To cite: <xsl:value-of select="title"/>. <xsl:value-of select="@id"/>, ClinicalTrials.gov<xsl:for-each select="fresh/fact[@label = 'The record was last changed']">,
      changed <xsl:value-of select="@text"/></xsl:for-each>. <xsl:value-of select="$url"/></p>
  </section>
</xsl:template>

<!-- On paper -->

<xsl:template name="print">
  <html lang="en">
    <xsl:call-template name="head"/>
    <body class="paper"><main>
      <header>
        <svg class="code" viewBox="0 0 {code/@size} {code/@size}" role="img" aria-label="QR code of {code/@url}"><path d="{code}"/></svg>
        <p><xsl:value-of select="@id"/><xsl:text> · </xsl:text><xsl:value-of select="status/label"/></p>
        <h1><xsl:value-of select="title"/></h1>
        <xsl:call-template name="notice"/>
      </header>
      <xsl:apply-templates select="fresh/warning"/>
      <dl class="facts"><xsl:apply-templates select="facts/fact"/><xsl:apply-templates select="fresh/fact"/></dl>
      <xsl:for-each select="eligibility"><section><h2>Who may be able to join</h2><xsl:apply-templates select="group"/></section></xsl:for-each>
      <xsl:if test="places"><section><h2>Places</h2><ul class="short">
        <xsl:for-each select="(places/country/city/site)[position() &lt; 6]"><li><xsl:value-of select="@name"/>, <xsl:value-of select="../@name"/>, <xsl:value-of select="../../@name"/></li></xsl:for-each></ul>
        <xsl:if test="places/@n > 5"><p>And <xsl:value-of select="places/@n - 5"/> more: see <xsl:value-of select="code/@url"/></p></xsl:if></section></xsl:if>
      <section><h2>Contact</h2><xsl:call-template name="contacts"/></section>
      <section><h2>Questions for your doctor</h2><ul class="lines">
        <xsl:for-each select="questions/question"><li><xsl:value-of select="."/><span class="line"> </span></li></xsl:for-each></ul></section>
      <p class="foot"><xsl:value-of select="code/@url"/></p>
    </main></body>
  </html>
</xsl:template>

<!-- In another site's page -->

<xsl:template name="embed">
  <article class="trials-embed" lang="en">
    <style>.trials-embed{font:var(--trials-font,1rem/1.5 system-ui,sans-serif);color:var(--trials-color,#1b2733);background:var(--trials-background,#fff);border:1px solid var(--trials-border,#b8c4d0);border-radius:.5rem;padding:1rem;max-width:40rem}.trials-embed a{color:var(--trials-link,#0b5394)}.trials-embed dl{margin:.5rem 0}.trials-embed dt{font-weight:600}.trials-embed dd{margin:0 0 .25rem}</style>
    <h2><a href="{$url}"><xsl:value-of select="title"/></a></h2>
    <p><strong><xsl:value-of select="status/label"/></strong><xsl:text> · </xsl:text><xsl:value-of select="@id"/></p>
    <p><xsl:value-of select="status/why"/></p>
    <dl><xsl:for-each select="facts/fact[@label = 'Ages' or @label = 'Phase' or @label = 'Places' or @label = 'Run by']">
      <dt><xsl:value-of select="@label"/></dt><dd><xsl:value-of select="@text"/></dd></xsl:for-each></dl>
    <xsl:apply-templates select="contacts/contact[1]"/>
    <p><a href="{$url}">Read who may join, in plain words</a></p>
    <p><small>This is information, not medical advice.</small></p>
  </article>
</xsl:template>

</xsl:stylesheet>
