#!/usr/bin/env bash
# A package for Fedora, openSUSE and other systems with rpm. BIN=PATH packages a binary that is there already.
set -euo pipefail
. "$(dirname "$0")/common.sh"

need rpmbuild:rpm objdump:binutils
linux_binary
rm -rf "$work/rpm"
stage=$work/rpm/stage
stage_linux "$stage/usr"
licences "$stage/usr/share/licenses/socketlab"
install -Dm644 -t "$stage/usr/share/doc/socketlab" "$root/README.md" "$root/CHANGELOG.md"

# The libraries of X11 and GL are loaded when the window opens: written by hand, by the names that every distribution's
# packages provide. Menu, icon and MIME caches are kept by file triggers of the system, so there are no scriptlets.
cat >"$work/rpm/socketlab.spec" <<END
Name: socketlab
Version: $version
Release: 1
Summary: Socket playground that shows every byte
License: (MIT OR Apache-2.0) AND OFL-1.1
Group: Productivity/Networking/Diagnostic
Requires: libX11.so.6()(64bit), libX11-xcb.so.1()(64bit), libXcursor.so.1()(64bit), libXi.so.6()(64bit)
Requires: libxkbcommon.so.0()(64bit), libxkbcommon-x11.so.0()(64bit), libGL.so.1()(64bit), libEGL.so.1()(64bit)
Recommends: libwayland-client.so.0()(64bit), libwayland-egl.so.1()(64bit), libvulkan.so.1()(64bit)
Recommends: xdg-desktop-portal, hicolor-icon-theme
%description
Start a listener or connect to a host and port, exchange text and pictures
over raw sockets or HTTP, and read for every socket what happened, when, and
between which two names.

It has responders (echo, chat, web pages, rules), labs for learning, and the
same engine on the command line.
%changelog
* $(LC_ALL=C date -u -d "@$SOURCE_DATE_EPOCH" '+%a %b %d %Y') The Socketlab developers <socketlab-maintainers@users.noreply.github.com> - $version-1
- What is new stands in CHANGELOG.md.
%install
cp -a "$stage/." %{buildroot}
%files
%attr(755,root,root) /usr/bin/socketlab
%license /usr/share/licenses/socketlab
%doc /usr/share/doc/socketlab
$(cd "$stage" && find usr/share -type f ! -path '*/licenses/*' ! -path '*/doc/*' | sed 's|^|%attr(644,root,root) /|' | sort)
END
rpmbuild -bb --quiet --target x86_64 \
    --define "_topdir $work/rpm/top" --define "_rpmdir $work/rpm/out" --define '_build_id_links none' \
    --define '__os_install_post %{nil}' --define "_binary_payload w$level.xzdio" --define 'use_source_date_epoch_as_buildtime 1' \
    --define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' --define '_buildhost localhost' \
    "$work/rpm/socketlab.spec" >&2
package=$out/socketlab-$version-1.x86_64.rpm
mv "$work/rpm/out/$(basename "$package")" "$package"
done_with "$package" "${BUDGET-10}"
