<?xml version="1.0" encoding="UTF-8"?>
<!-- The essentials within another site's page: no script, nothing from outside,
     its own styles only, which custom properties change. Links leave a frame:
     pages are not shown in those of other sites. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:w="urn:trials:words">

<xsl:output method="html" encoding="UTF-8" indent="no"/>

<xsl:include href="house.xsl"/>
<xsl:include href="prose.xsl"/>

<xsl:template match="/trial">
  <div class="trials-embed" lang="{$lang}">
    <style><w:css name="embed.css"/></style>
    <p class="trials-status"><strong><xsl:value-of select="status/label"/></strong><xsl:text> · </xsl:text><xsl:value-of select="@id"/></p>
    <h2><xsl:call-template name="english"/><a href="{$url}" target="_top"><xsl:value-of select="title"/></a></h2>
    <p><xsl:for-each select="lead"><xsl:call-template name="sentences"/></xsl:for-each></p>
    <xsl:for-each select="fresh/warning"><p class="trials-warning"><xsl:value-of select="."/></p></xsl:for-each>
    <dl><xsl:for-each select="facts/fact[@id = 'ages' or @id = 'sex' or @id = 'phase' or @id = 'places' or @id = 'sponsor']">
      <div><dt><xsl:value-of select="@label"/></dt><dd><xsl:value-of select="@text"/></dd></div></xsl:for-each></dl>
    <xsl:apply-templates select="contacts/contact[1]"/>
    <p class="trials-more"><a href="{$url}" target="_top"><w:say id="embed.more"/></a></p>
    <p class="trials-small"><w:say id="embed.notice"/><xsl:for-each select="fresh/fact[@id = 'changed']"><xsl:text> </xsl:text><w:say id="print.date"><w:with name="date"><xsl:value-of select="@text"/></w:with></w:say></xsl:for-each></p>
  </div>
</xsl:template>

</xsl:stylesheet>
