<?xml version="1.0"?>
<!-- A volume that holds a private key: readable by its owner alone, where the provider would make it readable by all. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output omit-xml-declaration="yes" indent="yes"/>

  <xsl:template match="@*|node()">
    <xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy>
  </xsl:template>

  <xsl:template match="/volume/target/permissions/mode">
    <mode>0600</mode>
  </xsl:template>
</xsl:stylesheet>
