<?xml version="1.0" encoding="UTF-8"?>
<!--
  Places by country, state and town.  No script: countries fold, a list of links
  leads to each, and a box hides those that are not open where the browser knows
  :has().
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:w="urn:trials:words">

<xsl:template match="places">
  <section id="places"><h2><w:say id="places"/></h2>
    <p><xsl:value-of select="@count"/>
      <xsl:if test="@count-open"><xsl:text> </xsl:text><xsl:value-of select="@count-open"/></xsl:if></p>
    <xsl:if test="@n > 9 and @open > 0 and @open &lt; @n">
      <p class="filter"><input type="checkbox" id="only-open"/><xsl:text> </xsl:text><label for="only-open"><w:say id="places.only-open"/></label></p></xsl:if>
    <xsl:if test="count(country) > 3"><nav w:aria-label="places.countries"><ul class="inline">
      <xsl:for-each select="country"><li><a href="#place-{position()}"><xsl:value-of select="@name"/></a><xsl:text> </xsl:text><span class="count"><xsl:value-of select="@n"/></span></li></xsl:for-each>
    </ul></nav></xsl:if>
    <xsl:for-each select="country"><details id="place-{position()}" class="country">
      <xsl:if test="../@n &lt; 10 or (position() = 1 and @n &lt; 40)"><xsl:attribute name="open">open</xsl:attribute></xsl:if>
      <summary><xsl:value-of select="@name"/><xsl:text> </xsl:text><span class="count"><xsl:value-of select="@count"/><xsl:if test="@count-open">, <xsl:value-of select="@count-open"/></xsl:if></span></summary>
      <xsl:choose>
        <xsl:when test="@n > 9 and count(state) > 1"><xsl:for-each select="state">
          <h3><xsl:choose><xsl:when test="@name"><xsl:value-of select="@name"/></xsl:when><xsl:otherwise><w:say id="places.no-state"/></xsl:otherwise></xsl:choose></h3>
          <xsl:call-template name="towns"/></xsl:for-each></xsl:when>
        <xsl:otherwise><xsl:for-each select="state"><xsl:call-template name="towns"><xsl:with-param name="state" select="@name"/></xsl:call-template></xsl:for-each></xsl:otherwise>
      </xsl:choose>
    </details></xsl:for-each>
  </section>
</xsl:template>

<xsl:template name="towns">
  <xsl:param name="state"/>
  <ul class="towns"><xsl:for-each select="town"><li><strong><xsl:value-of select="@name"/><xsl:if test="$state">, <xsl:value-of select="$state"/></xsl:if></strong>
    <ul><xsl:for-each select="site"><li><xsl:if test="not(@open)"><xsl:attribute name="class">shut</xsl:attribute></xsl:if>
      <xsl:value-of select="@name"/>
      <xsl:if test="@status"><span class="status"><xsl:text> – </xsl:text><xsl:value-of select="@status"/></span></xsl:if>
      <xsl:apply-templates select="contact"/></li></xsl:for-each></ul></li></xsl:for-each></ul>
</xsl:template>

</xsl:stylesheet>
