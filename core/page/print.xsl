<?xml version="1.0" encoding="UTF-8"?>
<!-- The summary for paper: black on white, A4 and Letter, every criterion with
     a box to tick, room to write.  Nothing is left out without saying so. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:w="urn:trials:words">

<xsl:output method="html" encoding="UTF-8" indent="no"
            doctype-system="about:legacy-compat"/>

<xsl:include href="house.xsl"/>
<xsl:include href="prose.xsl"/>

<xsl:variable name="address" select="/trial/code/@url"/>

<!-- Long lists of criteria are set smaller, short ones larger: two sheets are what
     a doctor reads. -->
<xsl:variable name="weight" select="string-length(/trial/title) + 150 * count(/trial/fresh/warning)
  + sum(/trial/eligibility/@weight)"/>

<xsl:template match="/trial">
  <html lang="{$lang}">
    <head>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <title><xsl:value-of select="title"/> – <w:say id="print"/></title>
      <meta name="robots" content="noindex"/>
      <link rel="canonical" href="{$url}"/>
      <!-- A sheet that went astray says whose it is. -->
      <style><w:css name="print.css"/>@page{@bottom-left{content:"<xsl:value-of select="@id"/>";font:8pt sans-serif}}</style>
    </head>
    <body>
      <xsl:attribute name="class"><xsl:choose>
        <xsl:when test="$weight > 9500">tiny</xsl:when>
        <xsl:when test="$weight > 5500">small</xsl:when>
        <xsl:when test="$weight &lt; 2500">large</xsl:when>
        <xsl:otherwise>normal</xsl:otherwise></xsl:choose></xsl:attribute>
      <nav class="screen" w:aria-label="house.nav"><p><a href="{$url}"><w:say id="print.back"/></a> · <w:say id="print.how"/></p></nav>
      <main>
        <header>
          <div class="code"><svg viewBox="0 0 {code/@size} {code/@size}" role="img" w:aria-label="print.code"><path d="{code}"/></svg></div>
          <p class="top"><strong><xsl:value-of select="@id"/></strong><xsl:text> · </xsl:text><xsl:value-of select="status/label"/></p>
          <h1><xsl:call-template name="english"/><xsl:value-of select="title"/></h1>
          <p class="notice"><w:say id="print.notice"/></p>
          <xsl:apply-templates select="fresh/warning"/>
        </header>
        <dl class="facts"><xsl:apply-templates select="facts/fact[@id != 'status' and @id != 'healthy']"/></dl>
        <dl class="dates"><xsl:apply-templates select="fresh/fact"/></dl>
        <xsl:apply-templates select="eligibility"/>
        <div class="pair">
          <xsl:apply-templates select="places"/>
          <section><h2><w:say id="contact"/></h2><xsl:call-template name="contacts"/></section>
        </div>
        <xsl:if test="questions/topic"><section class="ask"><h2><w:say id="print.questions"/></h2>
          <xsl:variable name="own" select="questions/topic/question[@own]"/>
          <xsl:variable name="rest" select="questions/topic/question[not(@own)]"/>
          <ul class="lines">
            <xsl:for-each select="$own[position() &lt; 6] | $rest[position() &lt; 6 - count($own[position() &lt; 6]) + 1]">
              <li><xsl:value-of select="."/><span class="line"> </span></li></xsl:for-each>
          </ul></section></xsl:if>
      </main>
      <footer><p><w:say id="print.foot"><w:with name="address"><xsl:value-of select="$address"/></w:with></w:say>
        <xsl:for-each select="fresh/fact[@id = 'changed']"> · <w:say id="print.date"><w:with name="date"><xsl:value-of select="@text"/></w:with></w:say></xsl:for-each></p></footer>
    </body>
  </html>
</xsl:template>

<xsl:template match="eligibility">
  <section class="who"><h2><w:say id="eligibility"/></h2>
    <xsl:choose>
      <xsl:when test="group"><div class="columns"><xsl:call-template name="english"/><xsl:apply-templates select="group"/></div></xsl:when>
      <xsl:otherwise><p><w:say id="eligibility.none"/></p></xsl:otherwise>
    </xsl:choose></section>
</xsl:template>

<xsl:template match="group">
  <xsl:if test="@first"><h3 lang="{$lang}"><xsl:call-template name="group-heading"/></h3></xsl:if>
  <xsl:if test="@heading and (@subgroup or @kind = 'other')"><h4><xsl:value-of select="@heading"/></h4></xsl:if>
  <xsl:if test="criterion"><ul><xsl:apply-templates select="criterion"/></ul></xsl:if>
</xsl:template>

<xsl:template match="group[@label]">
  <h3><xsl:apply-templates select="criterion/text/node()"/></h3>
</xsl:template>

<xsl:template match="criterion">
  <li class="tick"><xsl:if test="criterion"><xsl:attribute name="class">tick more</xsl:attribute></xsl:if><span class="box" aria-hidden="true">☐<xsl:text> </xsl:text></span><xsl:apply-templates select="text/node()"/>
    <xsl:if test="criterion"><ul><xsl:apply-templates select="criterion"/></ul></xsl:if></li>
</xsl:template>

<xsl:template match="places">
  <xsl:variable name="first" select="(country/state/town/site)[position() &lt; 7]"/>
  <section><h2><w:say id="places"/></h2>
    <ul><xsl:for-each select="$first"><li><xsl:value-of select="@name"/>, <xsl:value-of select="../@name"/>, <xsl:value-of select="../../../@name"/>
      <xsl:if test="@status"><xsl:text> – </xsl:text><xsl:value-of select="@status"/></xsl:if></li></xsl:for-each></ul>
    <xsl:if test="@n > 6"><p><w:say id="print.more-places"><w:with name="n"><xsl:value-of select="@n - 6"/></w:with><w:with name="address"><xsl:value-of select="$address"/></w:with></w:say></p></xsl:if>
  </section>
</xsl:template>

</xsl:stylesheet>
