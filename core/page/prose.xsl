<?xml version="1.0" encoding="UTF-8"?>
<!-- Texts of a record: paragraphs, lists, terms, criteria, contacts. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:w="urn:trials:words">

<xsl:variable name="id" select="/trial/@id"/>
<xsl:variable name="noun" select="/trial/@noun"/>
<xsl:variable name="official" select="concat('https://clinicaltrials.gov/study/', $id)"/>
<!-- What the record says is English on every page. -->
<xsl:variable name="foreign" select="$lang != 'en'"/>

<xsl:template match="p"><p><xsl:apply-templates/></p></xsl:template>
<xsl:template match="heading"><p class="heading"><xsl:apply-templates/></p></xsl:template>
<xsl:template match="list"><ul><xsl:apply-templates select="item"/></ul></xsl:template>
<xsl:template match="list[@ordered]"><ol><xsl:apply-templates select="item"/></ol></xsl:template>
<xsl:template match="points"><ul><xsl:for-each select="point"><li><xsl:apply-templates/></li></xsl:for-each></ul></xsl:template>
<xsl:template match="item"><li><xsl:apply-templates/></li></xsl:template>

<!-- Marks what is in English within a page of another language. -->
<xsl:template name="english"><xsl:if test="$foreign"><xsl:attribute name="lang">en</xsl:attribute></xsl:if></xsl:template>

<!-- A long one takes two columns. -->
<xsl:template match="fact">
  <div><xsl:if test="string-length(@text) > 40"><xsl:attribute name="class">wide</xsl:attribute></xsl:if><dt><xsl:value-of select="@label"/></dt><dd><xsl:choose>
    <xsl:when test="@iso"><time datetime="{@iso}"><xsl:value-of select="@text"/></time></xsl:when>
    <xsl:otherwise><xsl:value-of select="@text"/></xsl:otherwise></xsl:choose></dd></div>
</xsl:template>

<xsl:template match="warning"><p class="warning"><strong><w:say id="warn.label"/></strong><xsl:text> </xsl:text><xsl:value-of select="."/></p></xsl:template>

<!-- Sentences of our own, one after the other. -->
<xsl:template name="sentences">
  <xsl:for-each select="p"><xsl:if test="position() > 1"><xsl:text> </xsl:text></xsl:if><xsl:value-of select="."/></xsl:for-each>
</xsl:template>

<xsl:template name="group-heading">
  <xsl:choose>
    <xsl:when test="@kind = 'inclusion'"><w:say id="eligibility.in"/></xsl:when>
    <xsl:when test="@kind = 'exclusion'"><w:say id="eligibility.out"/></xsl:when>
    <xsl:otherwise><w:say id="eligibility.other"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<xsl:template match="contact">
  <p class="contact"><xsl:value-of select="@name"/>
    <xsl:if test="@phone"><xsl:if test="@name"> · </xsl:if><span><xsl:if test="@tel"><xsl:attribute name="class">nowrap</xsl:attribute></xsl:if><xsl:choose>
      <xsl:when test="@tel"><a href="tel:{@tel}"><xsl:value-of select="@phone"/></a></xsl:when>
      <xsl:otherwise><xsl:value-of select="@phone"/></xsl:otherwise></xsl:choose>
      <xsl:if test="@ext"><xsl:text> </xsl:text><w:say id="contact.ext"><w:with name="ext"><xsl:value-of select="@ext"/></w:with></w:say></xsl:if></span></xsl:if>
    <xsl:if test="@email"><xsl:if test="@name or @phone"> · </xsl:if><xsl:choose>
      <xsl:when test="@mailto"><a href="mailto:{@email}"><xsl:value-of select="@email"/></a></xsl:when>
      <xsl:otherwise><xsl:value-of select="@email"/></xsl:otherwise></xsl:choose></xsl:if></p>
</xsl:template>

<xsl:template name="contacts">
  <xsl:apply-templates select="contacts/contact"/>
  <xsl:for-each select="contacts/none"><p><xsl:value-of select="."/></p></xsl:for-each>
  <xsl:if test="contacts/official"><ul class="plain"><xsl:for-each select="contacts/official">
    <li><xsl:if test="@role"><xsl:value-of select="@role"/>: </xsl:if><xsl:value-of select="@name"/>
      <xsl:if test="@at">, <xsl:value-of select="@at"/></xsl:if></li></xsl:for-each></ul></xsl:if>
</xsl:template>

</xsl:stylesheet>
