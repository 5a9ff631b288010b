<?xml version="1.0" encoding="UTF-8"?>
<!-- What to ask about this trial, by topic, each with what it comes from. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:w="urn:trials:words">

<xsl:output method="html" encoding="UTF-8" indent="no"
            doctype-system="about:legacy-compat"/>

<xsl:include href="house.xsl"/>
<xsl:include href="prose.xsl"/>

<xsl:template match="/trial">
  <xsl:call-template name="house">
    <xsl:with-param name="title"><w:say id="questions.title"><w:with name="id"><xsl:value-of select="@id"/></w:with></w:say></xsl:with-param>
    <xsl:with-param name="index" select="0"/>
  </xsl:call-template>
</xsl:template>

<xsl:template match="/trial" mode="main">
  <header class="trial">
    <p class="badges"><a href="{$url}"><xsl:value-of select="@id"/></a></p>
    <h1><w:say id="questions"/></h1>
    <p class="lead"><xsl:call-template name="english"/><xsl:value-of select="title"/></p>
    <p><w:say id="questions.how"/></p>
  </header>
  <xsl:for-each select="questions/topic"><section id="{@id}"><h2><xsl:value-of select="@name"/></h2>
    <ul class="ask"><xsl:for-each select="question"><li><strong><xsl:value-of select="."/></strong>
      <xsl:if test="@why"><p class="when"><xsl:value-of select="@why"/></p></xsl:if></li></xsl:for-each></ul></section></xsl:for-each>
  <section id="more"><h2><w:say id="questions.next"/></h2><ul>
    <li><a href="{$url}"><w:say id="questions.back"/></a></li>
    <li><a href="{$url}/print"><w:say id="doctor.print.link"/></a></li>
    <li><a href="{$base}/questions"><w:say id="questions.general"/></a></li>
  </ul></section>
</xsl:template>

</xsl:stylesheet>
