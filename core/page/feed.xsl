<?xml version="1.0" encoding="UTF-8"?>
<!-- What changed in the trials of a list, as Atom (RFC 4287). -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:w="urn:trials:words" xmlns="http://www.w3.org/2005/Atom">

<xsl:include href="house.xsl"/>
<xsl:output method="xml" encoding="UTF-8" indent="no"/>

<!-- Ids have to be absolute: where the site does not say where it is, they are
     URNs. -->
<xsl:variable name="name"><xsl:choose>
  <xsl:when test="/feed/@absolute"><xsl:value-of select="concat($base, '/')"/></xsl:when>
  <xsl:otherwise>urn:x-trials:</xsl:otherwise>
</xsl:choose></xsl:variable>

<!-- The feed of all trials is at feed.atom, that of a list below it. -->
<xsl:variable name="self">
  <xsl:choose>
    <xsl:when test="/feed/@path = 'feed'"><xsl:value-of select="$base"/>/feed.atom</xsl:when>
    <xsl:otherwise><xsl:value-of select="$url"/>/feed.atom</xsl:otherwise>
  </xsl:choose>
</xsl:variable>

<xsl:template match="/feed">
  <feed xml:lang="{$lang}">
    <title><xsl:value-of select="title"/></title>
    <id><xsl:value-of select="concat($name, @path, '#feed')"/></id>
    <updated><xsl:value-of select="@updated"/>T00:00:00Z</updated>
    <author><name><xsl:value-of select="$brand"/></name></author>
    <link rel="self" type="application/atom+xml" href="{$self}"/>
    <link rel="alternate" type="text/html">
      <xsl:attribute name="href"><xsl:choose>
        <xsl:when test="@path = 'feed'"><xsl:value-of select="$base"/>/</xsl:when>
        <xsl:otherwise><xsl:value-of select="$url"/></xsl:otherwise>
      </xsl:choose></xsl:attribute></link>
    <xsl:apply-templates select="trial"/>
  </feed>
</xsl:template>

<xsl:template match="trial">
  <entry>
    <title><xsl:value-of select="@title"/></title>
    <id><xsl:value-of select="concat($name, @id, '#', @changed)"/></id>
    <updated><xsl:value-of select="@changed"/>T00:00:00Z</updated>
    <link rel="alternate" type="text/html" href="{$base}/{@id}#changes"/>
    <summary><xsl:value-of select="@status"/><xsl:if test="item">. <xsl:value-of select="item[1]"/></xsl:if></summary>
    <xsl:if test="item"><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><ul><xsl:for-each select="item"><li><xsl:value-of select="."/></li></xsl:for-each></ul></div></content></xsl:if>
  </entry>
</xsl:template>

</xsl:stylesheet>
