<?xml version="1.0" encoding="UTF-8"?>
<!-- The trial for a terminal: the page's text, without its long folds. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:w="urn:trials:words">

<xsl:include href="house.xsl"/>
<xsl:include href="prose.xsl"/>
<xsl:output method="text" encoding="UTF-8"/>

<xsl:template match="/trial">
  <xsl:value-of select="title"/><xsl:text>&#10;</xsl:text>
  <xsl:for-each select="badge"><xsl:if test="position() > 1"> · </xsl:if><xsl:value-of select="."/></xsl:for-each>
  <xsl:text>&#10;&#10;</xsl:text>
  <xsl:for-each select="lead/p"><xsl:value-of select="."/><xsl:text>&#10;</xsl:text></xsl:for-each>
  <w:say id="notice"/><xsl:text>&#10;</xsl:text>
  <xsl:for-each select="fresh/warning">! <xsl:value-of select="."/><xsl:text>&#10;</xsl:text></xsl:for-each>
  <xsl:call-template name="title"><xsl:with-param name="text"><w:say id="facts"/></xsl:with-param></xsl:call-template>
  <xsl:apply-templates select="facts/fact" mode="text"/>
  <xsl:apply-templates select="fresh/fact" mode="text"/>
  <xsl:if test="summary"><xsl:call-template name="title"><xsl:with-param name="text"><w:say id="about"/></xsl:with-param></xsl:call-template>
    <xsl:apply-templates select="summary/*" mode="text"/></xsl:if>
  <xsl:if test="stage/*"><xsl:call-template name="title"><xsl:with-param name="text"><w:say id="stage"/></xsl:with-param></xsl:call-template>
    <xsl:apply-templates select="stage/p | stage/stopped/*" mode="text"/></xsl:if>
  <xsl:if test="design/* or time/*"><xsl:call-template name="title"><xsl:with-param name="text"><w:say id="design"/></xsl:with-param></xsl:call-template>
    <xsl:apply-templates select="design/p | time/p | time/quote" mode="text"/>
    <xsl:for-each select="design/arm">  - <xsl:value-of select="@label"/><xsl:if test="@kind">: <xsl:value-of select="@kind"/></xsl:if><xsl:text>&#10;</xsl:text></xsl:for-each></xsl:if>
  <xsl:for-each select="eligibility/group">
    <xsl:if test="@first"><xsl:call-template name="title"><xsl:with-param name="text"><xsl:call-template name="group-heading"/></xsl:with-param></xsl:call-template></xsl:if>
    <xsl:if test="@heading and (@subgroup or @kind = 'other')"><xsl:value-of select="@heading"/><xsl:text>&#10;</xsl:text></xsl:if>
    <xsl:choose>
      <xsl:when test="@label"><xsl:call-template name="title"><xsl:with-param name="text"><xsl:apply-templates select="criterion/text/node()"/></xsl:with-param></xsl:call-template></xsl:when>
      <xsl:otherwise><xsl:apply-templates select="criterion" mode="text"/></xsl:otherwise>
    </xsl:choose>
  </xsl:for-each>
  <xsl:if test="treatment"><xsl:call-template name="title"><xsl:with-param name="text"><w:say id="treatments"/></xsl:with-param></xsl:call-template>
    <xsl:for-each select="treatment">  - <xsl:value-of select="@name"/><xsl:if test="@kind">: <xsl:value-of select="@kind"/></xsl:if><xsl:text>&#10;</xsl:text></xsl:for-each></xsl:if>
  <xsl:if test="places"><xsl:call-template name="title"><xsl:with-param name="text"><w:say id="places"/></xsl:with-param></xsl:call-template>
    <xsl:value-of select="places/@count"/><xsl:text> </xsl:text><xsl:value-of select="places/@count-open"/><xsl:text>&#10;</xsl:text>
    <xsl:for-each select="places/country/state/town/site">  - <xsl:value-of select="@name"/>, <xsl:value-of select="../@name"/>, <xsl:value-of select="../../../@name"/><xsl:if test="@status">: <xsl:value-of select="@status"/></xsl:if><xsl:text>&#10;</xsl:text></xsl:for-each></xsl:if>
  <xsl:call-template name="title"><xsl:with-param name="text"><w:say id="contact"/></xsl:with-param></xsl:call-template>
  <xsl:for-each select="contacts/none"><xsl:value-of select="."/><xsl:text>&#10;</xsl:text></xsl:for-each>
  <xsl:for-each select="contacts/contact"><xsl:value-of select="normalize-space(concat(@name, ' ', @phone, ' ', @email))"/><xsl:text>&#10;</xsl:text></xsl:for-each>
  <xsl:if test="questions/topic"><xsl:call-template name="title"><xsl:with-param name="text"><w:say id="questions"/></xsl:with-param></xsl:call-template>
    <xsl:for-each select="questions/topic/question">  - <xsl:value-of select="."/><xsl:text>&#10;</xsl:text></xsl:for-each></xsl:if>
  <xsl:if test="changes"><xsl:call-template name="title"><xsl:with-param name="text"><w:say id="changes"/></xsl:with-param></xsl:call-template>
    <xsl:for-each select="changes/change/item"><xsl:value-of select="../@date"/>: <xsl:value-of select="@text"/><xsl:text>&#10;</xsl:text></xsl:for-each></xsl:if>
  <xsl:if test="oversight/p"><xsl:call-template name="title"><xsl:with-param name="text"><w:say id="oversight"/></xsl:with-param></xsl:call-template>
    <xsl:apply-templates select="oversight/p" mode="text"/></xsl:if>
  <xsl:if test="answers/answer"><xsl:call-template name="title"><xsl:with-param name="text"><w:say id="answers"/></xsl:with-param></xsl:call-template>
    <xsl:for-each select="answers/answer"><xsl:value-of select="@question"/><xsl:text>&#10;</xsl:text><xsl:value-of select="."/><xsl:text>&#10;</xsl:text></xsl:for-each></xsl:if>
  <xsl:text>&#10;</xsl:text><xsl:value-of select="cite"/><xsl:text>&#10;</xsl:text>
</xsl:template>

<xsl:template name="title">
  <xsl:param name="text"/>
  <xsl:text>&#10;</xsl:text><xsl:value-of select="$text"/><xsl:text>&#10;&#10;</xsl:text>
</xsl:template>

<xsl:template match="fact" mode="text"><xsl:value-of select="@label"/>: <xsl:value-of select="@text"/><xsl:text>&#10;</xsl:text></xsl:template>

<xsl:template match="p | heading | quote" mode="text"><xsl:value-of select="."/><xsl:text>&#10;</xsl:text></xsl:template>

<xsl:template match="list" mode="text"><xsl:param name="indent" select="'  '"/><xsl:apply-templates select="item" mode="text"><xsl:with-param name="indent" select="$indent"/></xsl:apply-templates></xsl:template>

<xsl:template match="item" mode="text">
  <xsl:param name="indent" select="'  '"/>
  <xsl:value-of select="$indent"/>- <xsl:for-each select="text() | term"><xsl:value-of select="."/></xsl:for-each><xsl:text>&#10;</xsl:text>
  <xsl:apply-templates select="p | list" mode="text"><xsl:with-param name="indent" select="concat($indent, '  ')"/></xsl:apply-templates>
</xsl:template>

<xsl:template match="criterion" mode="text">
  <xsl:param name="indent" select="'  '"/>
  <xsl:value-of select="$indent"/>- <xsl:for-each select="text/node()"><xsl:choose>
    <xsl:when test="self::points"><xsl:for-each select="point"><xsl:text>&#10;</xsl:text><xsl:value-of select="$indent"/>  - <xsl:value-of select="."/></xsl:for-each>
      <xsl:if test="following-sibling::node()"><xsl:text>&#10;  </xsl:text><xsl:value-of select="$indent"/></xsl:if></xsl:when>
    <xsl:otherwise><xsl:value-of select="."/></xsl:otherwise></xsl:choose></xsl:for-each><xsl:text>&#10;</xsl:text>
  <xsl:apply-templates select="criterion" mode="text"><xsl:with-param name="indent" select="concat($indent, '  ')"/></xsl:apply-templates>
</xsl:template>

</xsl:stylesheet>
