<?xml version="1.0"?>
<!-- What the provider's schema cannot say about a domain. UUID and role are filled in per slot.
     A fixed UUID lets a repair that was killed half-way find its own domain again.
     SPICE goes because the provider gives every domain a passwordless one on 127.0.0.1. -->
<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform">
  <xsl:output omit-xml-declaration="yes" indent="yes"/>

  <xsl:template match="@*|node()">
    <xsl:copy><xsl:apply-templates select="@*|node()"/></xsl:copy>
  </xsl:template>

  <xsl:template match="/domain/name">
    <xsl:copy-of select="."/>
    <uuid>@UUID@</uuid>
    <genid/>
    <on_poweroff>destroy</on_poweroff>
    <on_reboot>restart</on_reboot>
    <!-- A panicked guest stays where it is, so that its cause can be named before it is replaced. -->
    <on_crash>preserve</on_crash>
    <!-- A balancer says ten times a second that it lives, and one that says so late loses the address. Its threads come
         before those of the workers, which may take all the processor that is left. -->
    <xsl:if test="'@ROLE@' = 'balancer'">
      <cputune>
        <vcpusched vcpus="0" scheduler="rr" priority="1"/>
        <emulatorsched scheduler="rr" priority="1"/>
      </cputune>
    </xsl:if>
  </xsl:template>

  <!-- An emulated processor with a random number instruction, so that the guest's kernel does not wait for entropy, and
       a bound on the code that the emulator keeps translated, which grows to a gigabyte otherwise. When it is full, all of
       it is thrown away, and the machine is as slow as in its first minute. -->
  <xsl:template match="/domain[@type='qemu']/cpu">
    <cpu mode="custom" match="exact" check="none">
      <model fallback="forbid">qemu64</model>
      <feature policy="require" name="rdrand"/>
    </cpu>
  </xsl:template>
  <xsl:template match="/domain[@type='qemu']/features">
    <xsl:copy>
      <xsl:apply-templates select="@*|node()"/>
      <tcg><tb-cache unit="MiB">512</tb-cache></tcg>
    </xsl:copy>
  </xsl:template>

  <!-- The kernel comes from the host: a boot ROM on the network card would only look for one elsewhere. -->
  <xsl:template match="/domain/devices/interface">
    <xsl:copy>
      <xsl:apply-templates select="@*|node()"/>
      <rom enabled="no"/>
    </xsl:copy>
  </xsl:template>

  <xsl:template match="/domain/devices/graphics"/>
  <xsl:template match="/domain/devices/video"/>

  <xsl:template match="/domain/devices">
    <xsl:copy>
      <xsl:apply-templates select="@*|node()"/>
      <panic model="isa"/>
    </xsl:copy>
  </xsl:template>
</xsl:stylesheet>
