# The golden image. Its builder knows itself what is up to date.
# shellcheck shell=bash

imageTitle() { echo "golden image"; }

imageSudo() { :; }

imageInputs() {
  find "$repoDir"/guest/{image,agent,stateless,shared} -type f -print0 2>/dev/null | sort -z | xargs -0 cat
  cat "$repoDir/package-lock.json"
  echo "${VIGIL_ALPINE_BASE:-} ${VIGIL_APK_REPOSITORY:-}"
}

imagePresent() { [ -s "$cacheDir/image/current/manifest.json" ]; }

imageRun() { asRoot "$repoDir/guest/image/build.sh"; }
