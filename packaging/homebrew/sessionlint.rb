# The formula of a tap, filled by packaging/fill at a release.
class Sessionlint < Formula
  desc "Find what cuts Salesforce sessions and integrations short"
  homepage "@REPOSITORY@"
  version "@VERSION@"
  license "MIT"

  on_macos do
    on_arm do
      url "@REPOSITORY@/releases/download/v@VERSION@/sessionlint-@VERSION@-aarch64-apple-darwin.tar.gz"
      sha256 "@SHA256:aarch64-apple-darwin@"
    end
    on_intel do
      url "@REPOSITORY@/releases/download/v@VERSION@/sessionlint-@VERSION@-x86_64-apple-darwin.tar.gz"
      sha256 "@SHA256:x86_64-apple-darwin@"
    end
  end

  on_linux do
    on_arm do
      url "@REPOSITORY@/releases/download/v@VERSION@/sessionlint-@VERSION@-aarch64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:aarch64-unknown-linux-musl@"
    end
    on_intel do
      url "@REPOSITORY@/releases/download/v@VERSION@/sessionlint-@VERSION@-x86_64-unknown-linux-musl.tar.gz"
      sha256 "@SHA256:x86_64-unknown-linux-musl@"
    end
  end

  def install
    bin.install "sessionlint"
    generate_completions_from_executable(bin/"sessionlint", "completions")
  end

  test do
    (testpath/"sfdx-project.json").write '{"packageDirectories": [{"path": "force-app", "default": true}]}'
    settings = testpath/"force-app/main/default/settings/Security.settings-meta.xml"
    settings.dirname.mkpath
    settings.write <<~XML
      <?xml version="1.0" encoding="UTF-8"?>
      <SecuritySettings xmlns="http://soap.sforce.com/2006/04/metadata">
          <sessionSettings>
              <disableTimeoutWarning>true</disableTimeoutWarning>
              <forceLogoutOnSessionTimeout>true</forceLogoutOnSessionTimeout>
          </sessionSettings>
      </SecuritySettings>
    XML
    assert_match "session/forced-logout-unannounced", shell_output("#{bin}/sessionlint check --format concise", 1)
  end
end
