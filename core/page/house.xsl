<?xml version="1.0" encoding="UTF-8"?>
<!--
  The house: what all pages of the site share.  A page includes this, matches its
  root and calls "house"; its own parts are templates in mode "head" (more for
  the head, may be left out) and mode "main".

  Of the root it needs the attributes that trials_tree_open() sets.
-->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"
                xmlns:w="urn:trials:words">

<xsl:variable name="root" select="/*"/>
<xsl:variable name="lang" select="$root/@lang"/>
<xsl:variable name="base" select="$root/@base"/>
<xsl:variable name="url" select="$root/@url"/>
<xsl:variable name="brand"><xsl:call-template name="brand"/></xsl:variable>

<xsl:template name="brand">
  <xsl:choose>
    <xsl:when test="$root/@brand"><xsl:value-of select="$root/@brand"/></xsl:when>
    <xsl:otherwise><w:say id="house.brand"/></xsl:otherwise>
  </xsl:choose>
</xsl:template>

<!-- title: of the page, without the brand.  index: 0 keeps search engines out. -->
<xsl:template name="house">
  <xsl:param name="title"/>
  <xsl:param name="description"/>
  <xsl:param name="type" select="'website'"/>
  <xsl:param name="index" select="1"/>
  <html lang="{$lang}">
    <head>
      <meta name="viewport" content="width=device-width, initial-scale=1"/>
      <title><xsl:value-of select="$title"/> – <xsl:value-of select="$brand"/></title>
      <xsl:if test="$description"><meta name="description" content="{$description}"/></xsl:if>
      <meta name="color-scheme" content="light dark"/>
      <xsl:choose>
        <xsl:when test="$index = 1"><xsl:call-template name="addresses"/></xsl:when>
        <xsl:otherwise><meta name="robots" content="noindex"/></xsl:otherwise>
      </xsl:choose>
      <meta property="og:type" content="{$type}"/>
      <meta property="og:title" content="{$title}"/>
      <meta property="og:site_name" content="{$brand}"/>
      <xsl:if test="$description"><meta property="og:description" content="{$description}"/></xsl:if>
      <xsl:if test="$root/@absolute"><meta property="og:url" content="{$url}"/></xsl:if>
      <style><w:css name="style.css"/></style>
      <xsl:apply-templates select="." mode="head"/>
    </head>
    <body>
      <a class="skip" href="#main"><w:say id="house.skip"/></a>
      <xsl:call-template name="house-header"/>
      <main id="main"><xsl:apply-templates select="." mode="main"/></main>
      <xsl:call-template name="house-footer"/>
    </body>
  </html>
</xsl:template>

<xsl:template match="node()" mode="head"/>

<xsl:template name="addresses">
  <link rel="canonical" href="{$url}"/>
  <xsl:if test="$root/alternate[2]">
    <xsl:for-each select="$root/alternate"><link rel="alternate" hreflang="{@lang}" href="{@href}"/></xsl:for-each>
    <link rel="alternate" hreflang="x-default" href="{$root/alternate[1]/@href}"/>
  </xsl:if>
</xsl:template>

<xsl:template name="house-header">
  <header class="house">
    <p class="brand"><a href="{$base}/">
      <xsl:if test="$root/@logo"><img src="{$root/@logo}" alt="" height="32"/></xsl:if>
      <span><xsl:value-of select="$brand"/></span></a></p>
    <nav w:aria-label="house.nav"><ul>
      <li><a href="{$base}/"><w:say id="house.trials"/></a></li>
      <li><a href="{$base}/questions"><w:say id="house.questions"/></a></li>
      <li><a href="{$base}/glossary"><w:say id="house.glossary"/></a></li>
      <li><a href="{$base}/methodology"><w:say id="house.methodology"/></a></li>
    </ul></nav>
  </header>
</xsl:template>

<xsl:template name="house-footer">
  <footer class="house">
    <xsl:if test="$root/@help"><p><xsl:value-of select="$root/@help"/></p></xsl:if>
    <p><w:say id="house.source"/></p>
    <xsl:if test="$root/alternate[2]"><p><w:say id="house.languages"/><xsl:for-each select="$root/alternate">
      <xsl:text> </xsl:text>
      <xsl:choose>
        <xsl:when test="@lang = $lang"><span aria-current="true"><xsl:call-template name="language"/></span></xsl:when>
        <xsl:otherwise><a href="{@href}" hreflang="{@lang}" lang="{@lang}"><xsl:call-template name="language"/></a></xsl:otherwise>
      </xsl:choose></xsl:for-each></p></xsl:if>
  </footer>
</xsl:template>

<!-- A language by its own name. -->
<xsl:template name="language">
  <xsl:choose>
    <xsl:when test="@lang = 'es'">Español</xsl:when>
    <xsl:otherwise>English</xsl:otherwise>
  </xsl:choose>
</xsl:template>

</xsl:stylesheet>
