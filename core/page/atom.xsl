<?xml version="1.0" encoding="UTF-8"?>
<!-- What changed in a trial, as Atom (RFC 4287). -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:w="urn:trials:words" xmlns="http://www.w3.org/2005/Atom">

<xsl:include href="house.xsl"/>
<xsl:output method="xml" encoding="UTF-8" indent="no"/>

<xsl:template match="/trial">
  <feed xml:lang="{$lang}">
    <title><w:say id="changes"/>: <xsl:value-of select="title"/></title>
    <id><xsl:value-of select="$url"/>/feed.atom</id>
    <updated><xsl:call-template name="stamp"><xsl:with-param name="date" select="@updated"/></xsl:call-template></updated>
    <author><name><xsl:value-of select="$brand"/></name></author>
    <link rel="self" type="application/atom+xml" href="{$url}/feed.atom"/>
    <link rel="alternate" type="text/html" href="{$url}"/>
    <xsl:for-each select="changes/change"><entry>
      <title><xsl:value-of select="item[1]/@text"/></title>
      <id><xsl:value-of select="$url"/>#<xsl:value-of select="@iso"/>-<xsl:value-of select="last() - position() + 1"/></id>
      <updated><xsl:call-template name="stamp"><xsl:with-param name="date" select="@iso"/></xsl:call-template></updated>
      <link rel="alternate" type="text/html" href="{$url}#changes"/>
      <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><ul><xsl:for-each select="item"><li><xsl:value-of select="@text"/>
        <xsl:if test="text"><ul><xsl:for-each select="text"><li><xsl:value-of select="."/></li></xsl:for-each></ul></xsl:if></li></xsl:for-each></ul></div></content>
    </entry></xsl:for-each>
  </feed>
</xsl:template>

<!-- A date, or a month, as RFC 3339 wants it. -->
<xsl:template name="stamp">
  <xsl:param name="date"/>
  <xsl:value-of select="substring(concat($date, '-01-01'), 1, 10)"/>T00:00:00Z</xsl:template>

</xsl:stylesheet>
