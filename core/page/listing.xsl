<?xml version="1.0" encoding="UTF-8"?>
<!-- Lists of trials, and the start page: no script, every filter an address. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:w="urn:trials:words">

<xsl:output method="html" encoding="UTF-8" indent="no"
            doctype-system="about:legacy-compat"/>

<xsl:include href="house.xsl"/>

<xsl:template match="/listing">
  <xsl:call-template name="house">
    <xsl:with-param name="title"><xsl:value-of select="title"/>
      <xsl:if test="group-name">: <xsl:value-of select="group-name"/></xsl:if>
      <xsl:if test="@page > 1"> (<xsl:value-of select="where"/>)</xsl:if></xsl:with-param>
    <xsl:with-param name="description"><xsl:value-of select="title"/>: <xsl:value-of select="count"/>. <w:say id="listing.lead"/></xsl:with-param>
  </xsl:call-template>
</xsl:template>

<xsl:template match="/listing" mode="head">
  <xsl:if test="not(@filtered)"><link rel="alternate" type="application/atom+xml" href="{$base}/{@list}/feed.atom" w:title="listing.feed.link"/></xsl:if>
  <xsl:if test="@previous"><link rel="prev" href="{$base}/{@previous}"/></xsl:if>
  <xsl:if test="@next"><link rel="next" href="{$base}/{@next}"/></xsl:if>
</xsl:template>

<xsl:template match="/listing" mode="main">
  <header class="trial"><h1><xsl:value-of select="title"/></h1>
    <p class="lead"><xsl:value-of select="count"/><xsl:if test="group-name">: <xsl:value-of select="group-name"/></xsl:if>.</p>
    <p><w:say id="listing.lead"/></p></header>
  <nav w:aria-label="listing.filters" class="filters">
    <h2><w:say id="listing.by-status"/></h2>
    <ul class="inline"><xsl:apply-templates select="group"/></ul>
    <xsl:if test="country"><details><xsl:if test="country/@current"><xsl:attribute name="open">open</xsl:attribute></xsl:if>
      <summary><w:say id="listing.by-country"/></summary>
      <ul class="inline"><xsl:apply-templates select="country"/></ul></details></xsl:if>
  </nav>
  <section id="trials"><h2><w:say id="house.trials"/></h2>
    <xsl:choose>
      <xsl:when test="trial"><ul class="arms"><xsl:apply-templates select="trial"/></ul></xsl:when>
      <xsl:otherwise><p><w:say id="listing.none"/></p></xsl:otherwise>
    </xsl:choose>
    <xsl:if test="where"><nav w:aria-label="listing.pages"><ul class="inline">
      <xsl:if test="@previous"><li><a rel="prev" href="{$base}/{@previous}"><w:say id="listing.previous"/></a></li></xsl:if>
      <li><xsl:value-of select="where"/></li>
      <xsl:if test="@next"><li><a rel="next" href="{$base}/{@next}"><w:say id="listing.next"/></a></li></xsl:if>
    </ul></nav></xsl:if>
  </section>
</xsl:template>

<xsl:template match="group | country">
  <li><xsl:choose>
    <xsl:when test="@current"><a href="{$base}/{@path}" aria-current="true"><strong><xsl:value-of select="@name"/></strong></a></xsl:when>
    <xsl:otherwise><a href="{$base}/{@path}"><xsl:value-of select="@name"/></a></xsl:otherwise>
  </xsl:choose><xsl:text> </xsl:text><span class="count">(<xsl:value-of select="@n"/>)</span></li>
</xsl:template>

<xsl:template match="trial">
  <li id="{@id}">
    <h3><a href="{$base}/{@id}"><xsl:if test="$lang != 'en'"><xsl:attribute name="lang">en</xsl:attribute></xsl:if><xsl:value-of select="@title"/></a></h3>
    <p class="badges"><span><xsl:attribute name="class">badge<xsl:if test="@open"> open</xsl:if></xsl:attribute><xsl:value-of select="@status"/></span>
      <xsl:if test="@phase"><span class="dot"> · </span><span class="badge"><xsl:value-of select="@phase"/></span></xsl:if>
      <xsl:if test="@ages"><span class="dot"> · </span><span class="badge"><xsl:value-of select="@ages"/></span></xsl:if></p>
    <dl class="facts">
      <xsl:if test="@conditions"><div><xsl:if test="string-length(@conditions) > 40"><xsl:attribute name="class">wide</xsl:attribute></xsl:if><dt><w:say id="listing.conditions"/></dt><dd><xsl:value-of select="@conditions"/></dd></div></xsl:if>
      <xsl:if test="@countries"><div><dt><xsl:value-of select="@places"/></dt><dd><xsl:value-of select="@countries"/></dd></div></xsl:if>
      <xsl:if test="@sponsor"><div><dt><w:say id="listing.sponsor"/></dt><dd><xsl:value-of select="@sponsor"/></dd></div></xsl:if>
      <xsl:if test="@updated"><div><dt><w:say id="listing.updated"/></dt><dd><time datetime="{@iso}"><xsl:value-of select="@updated"/></time></dd></div></xsl:if>
    </dl>
  </li>
</xsl:template>

<xsl:template match="/start">
  <xsl:call-template name="house">
    <xsl:with-param name="title"><w:say id="start.title"/></xsl:with-param>
    <xsl:with-param name="description"><w:say id="start.lead"/></xsl:with-param>
  </xsl:call-template>
</xsl:template>

<xsl:template match="/start" mode="head">
  <link rel="alternate" type="application/atom+xml" href="{$base}/feed.atom" w:title="listing.feed.link"/>
</xsl:template>

<xsl:template match="/start" mode="main">
  <header class="trial"><h1><w:say id="start.title"/></h1>
    <p class="lead"><w:say id="start.lead"/></p>
    <p><a href="{$base}/all"><xsl:value-of select="count"/></a>. <xsl:value-of select="open"/>.
      <xsl:if test="updated"><w:say id="start.updated"/><xsl:text> </xsl:text><xsl:value-of select="updated"/>.</xsl:if></p></header>
  <xsl:if test="collection"><section id="conditions"><h2><w:say id="start.by-condition"/></h2>
    <ul class="arms"><xsl:for-each select="collection"><li><h3><a href="{$base}/{@path}"><xsl:value-of select="@name"/></a></h3>
      <p><xsl:value-of select="@count"/>. <xsl:value-of select="@open"/>.</p></li></xsl:for-each></ul></section></xsl:if>
  <xsl:if test="group"><section id="status"><h2><w:say id="start.by-status"/></h2>
    <ul class="plain"><xsl:apply-templates select="group"/></ul></section></xsl:if>
  <xsl:if test="country"><section id="place"><h2><w:say id="start.by-country"/></h2>
    <ul class="inline"><xsl:apply-templates select="country"/></ul></section></xsl:if>
  <xsl:if test="trial"><section id="latest"><h2><w:say id="start.latest"/></h2>
    <ul class="arms"><xsl:apply-templates select="trial"/></ul></section></xsl:if>
</xsl:template>

</xsl:stylesheet>
