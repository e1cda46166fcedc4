# Sourced by ./mvnw and ./run: sets JAVA_HOME to a JDK 25, so that both work where `java` is another version.
# A JAVA_HOME that is a JDK 25 is kept; else the usual places are searched; where there is none it says what to install.

is_jdk25() {
  [ -x "$1/bin/javac" ] && grep -q '^JAVA_VERSION="25[."]' "$1/release" 2>/dev/null
}

find_jdk25() {
  if [ -n "${JAVA_HOME-}" ] && is_jdk25 "$JAVA_HOME"; then
    return 0
  fi
  jdk_on_path=$(command -v javac 2>/dev/null) || jdk_on_path=
  if [ -n "$jdk_on_path" ]; then
    jdk_on_path=$(readlink -f "$jdk_on_path" 2>/dev/null) || jdk_on_path=
  fi
  case "$-" in *f*) jdk_glob=off ;; *) jdk_glob=on ;; esac
  set +f
  for jdk in "${jdk_on_path%/bin/javac}" /usr/lib/jvm/* /usr/lib64/jvm/* /usr/java/* /opt/java/* /opt/jdk* /opt/*25* \
    "$HOME"/.sdkman/candidates/java/25* "$HOME"/.jdks/* "$HOME"/.local/share/mise/installs/java/25* "$HOME"/.asdf/installs/java/*25* \
    /Library/Java/JavaVirtualMachines/*/Contents/Home /opt/homebrew/opt/openjdk@25/libexec/openjdk.jdk/Contents/Home; do
    if [ -n "$jdk" ] && is_jdk25 "$jdk"; then
      JAVA_HOME=$jdk
      export JAVA_HOME
      [ "$jdk_glob" = on ] || set -f
      return 0
    fi
  done
  [ "$jdk_glob" = on ] || set -f
  echo "No JDK 25 found. Install one (for example Eclipse Temurin 25: package temurin-25-jdk of the Adoptium" >&2
  echo "repository, or 'sdk install java 25-tem'), or set JAVA_HOME to one. Searched: JAVA_HOME, PATH, /usr/lib/jvm," >&2
  echo "/opt, ~/.sdkman, ~/.jdks, ~/.asdf, mise, Homebrew and /Library/Java." >&2
  return 1
}
find_jdk25
