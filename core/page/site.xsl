<?xml version="1.0" encoding="UTF-8"?>
<!-- The site's own pages: methodology, questions to ask, glossary. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:w="urn:trials:words">

<xsl:output method="html" encoding="UTF-8" indent="no"
            doctype-system="about:legacy-compat"/>

<xsl:include href="house.xsl"/>

<xsl:template match="/site">
  <xsl:call-template name="house">
    <xsl:with-param name="title" select="title"/>
    <xsl:with-param name="description" select="lead"/>
  </xsl:call-template>
</xsl:template>

<xsl:template match="/site" mode="main">
  <header class="trial"><h1><xsl:value-of select="title"/></h1>
    <p class="lead"><xsl:value-of select="lead"/></p></header>
  <xsl:if test="letter"><nav w:aria-label="glossary.letters"><ul>
    <xsl:attribute name="class"><xsl:choose><xsl:when test="term">inline</xsl:when><xsl:otherwise>letters</xsl:otherwise></xsl:choose></xsl:attribute>
    <xsl:apply-templates select="letter"/></ul></nav></xsl:if>
  <xsl:if test="term"><dl class="glossary"><xsl:if test="$lang != 'en'"><xsl:attribute name="lang">en</xsl:attribute></xsl:if>
    <xsl:apply-templates select="term"/></dl></xsl:if>
  <xsl:apply-templates select="section"/>
</xsl:template>

<xsl:template match="section">
  <section id="{@id}"><h2><xsl:value-of select="@name"/></h2>
    <xsl:for-each select="p"><p><xsl:value-of select="."/></p></xsl:for-each>
    <xsl:if test="item"><ul><xsl:for-each select="item"><li><xsl:value-of select="."/></li></xsl:for-each></ul></xsl:if>
  </section>
</xsl:template>

<xsl:template match="letter">
  <li><a href="{$base}/{@path}"><xsl:if test="@current"><xsl:attribute name="aria-current">page</xsl:attribute></xsl:if><xsl:value-of select="@name"/></a>
    <xsl:if test="@count"><xsl:text> </xsl:text><span class="count"><xsl:value-of select="@count"/></span></xsl:if></li>
</xsl:template>

<!-- Several meanings are several senses. -->
<xsl:template match="term">
  <div id="term-{@slug}"><dt><xsl:value-of select="@name"/></dt><xsl:for-each select="meaning"><dd><xsl:value-of select="."/></dd></xsl:for-each></div>
</xsl:template>

</xsl:stylesheet>
