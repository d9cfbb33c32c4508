//! Which options of curl have a value, and which change nothing of a request.

/// Options with a value that are understood; those of one letter may have it in the same word.
const UNDERSTOOD: &str = "-T --upload-file -X --request -H --header -d --data --data-ascii --data-raw --data-binary \
    --data-urlencode -F --form --form-string -u --user -A --user-agent -e --referer -b --cookie -o --output -x --proxy \
    -m --max-time --connect-timeout --max-redirs --url --json --noproxy -r --range --oauth2-bearer --url-query \
    --max-filesize";
/// Options with a value that is named and left out.
const LEFT_OUT: &str = "--abstract-unix-socket --alt-svc --aws-sigv4 --cacert --capath -E --cert --cert-type --ciphers -K \
    --config --connect-to -C --continue-at -c --cookie-jar --create-file-mode --crlfile --curves --delegation \
    --dns-interface --dns-ipv4-addr --dns-ipv6-addr --dns-servers --doh-url -D --dump-header --ech --egd-file --engine \
    --etag-compare --etag-save --expect100-timeout --ftp-account --ftp-method -P --ftp-port --happy-eyeballs-timeout-ms \
    -h --help --hsts --interface --ip-tos --ipfs-gateway --keepalive-cnt --keepalive-time --key --key-type --libcurl \
    --limit-rate --local-port --login-options --netrc-file --output-dir --parallel-max --pass \
    --pinnedpubkey --preproxy --proto --proto-default --proto-redir --proxy-cacert --proxy-cert --proxy-header --proxy-key \
    --proxy-user -U --proxy1.0 -Q --quote --random-file --rate --request-target --resolve --retry --retry-delay \
    --retry-max-time --socks4 --socks4a --socks5 --socks5-hostname -Y --speed-limit -y --speed-time --stderr -t \
    --telnet-option -z --time-cond --tls-max --tls13-ciphers --trace --trace-ascii --trace-config --unix-socket --variable \
    --vlan-priority -w --write-out";
/// Options that only change what curl prints, or do what is done here anyway.
const QUIET: &str = "-s --silent -S --show-error -v --verbose --fail-with-body -N --no-buffer -# \
    --progress-bar --no-progress-meter -g --globoff --http1.1 -q --disable --styled-output --no-styled-output --tcp-nodelay \
    --basic --trace-time";

fn is_in(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|known| known == name)
}

/// True when a value follows.
pub(super) fn takes_value(name: &str) -> bool {
    is_in(UNDERSTOOD, name) || is_in(LEFT_OUT, name)
}

/// True when nothing has to be said about it.
pub(super) fn is_quiet(name: &str) -> bool {
    is_in(QUIET, name)
}
