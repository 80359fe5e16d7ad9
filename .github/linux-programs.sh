#!/usr/bin/env bash
# The two programs that tests need on GitHub's Ubuntu: bubblewrap, and Chromium under the name that Debian gives it.
set -euo pipefail
sudo apt-get update -qq
sudo apt-get install -y -qq --no-install-recommends bubblewrap fonts-dejavu-core
# Ubuntu 24.04 forbids user namespaces, which the sandbox is made of, to programs that it does not know.
sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0
command -v chromium || sudo ln -s "$(command -v google-chrome)" /usr/local/bin/chromium
