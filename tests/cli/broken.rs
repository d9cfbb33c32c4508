//! `get` against servers that do one thing wrong each: a line that says what, the exit code of the README, an end in time,
//! and little memory.

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{Shutdown, TcpListener, TcpStream},
    process::{Child, Stdio},
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use crate::{
    common::{noise, patient, program},
    reset::reset,
};

/// What one of these servers does, one after the other; at the end it closes in order.
enum Do {
    Send(&'static [u8]),
    /// What cannot stand in the table as it is.
    Made(fn() -> Vec<u8>),
    /// The same so many times, as far as it is taken.
    Repeat(&'static [u8], usize),
    /// One byte after the other, so many milliseconds apart.
    Drip(&'static [u8], u64),
    /// Stays until the caller goes.
    Hold,
    Reset,
    /// First of all: does not read what is asked.
    Deaf,
}
use Do::{Deaf, Drip, Hold, Made, Repeat, Reset, Send};

struct Case {
    name: &'static str,
    does: &'static [Do],
    args: &'static [&'static str],
    code: i32,
    says: &'static [&'static str],
}

const fn case(
    name: &'static str,
    does: &'static [Do],
    args: &'static [&'static str],
    code: i32,
    says: &'static [&'static str],
) -> Case {
    Case { name, does, args, code, says }
}

/// More than any disk, for a test that must not take it.
const ENDLESS: usize = 1 << 30;
/// No answer takes longer, whatever the server does: the limits of time are far shorter.
const PATIENCE: Duration = Duration::from_secs(20);
/// What the program may take at most, in KiB: 32 MiB of a body, and itself.
const MEMORY: u64 = 160 << 10;

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(data).unwrap();
    packer.finish().unwrap()
}

fn packed(name: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let head = format!("HTTP/1.1 200 OK\r\nContent-Encoding: {name}\r\nContent-Length: {length}\r\n\r\n");
    [head.as_bytes(), body].concat()
}

fn half_of_gzip() -> Vec<u8> {
    let packed = gzip("all the same words ".repeat(20_000).as_bytes());
    self::packed("gzip", &packed[..packed.len() / 2])
}

fn damaged_gzip() -> Vec<u8> {
    let mut packed = gzip(&noise(60_000, 7));
    packed[40_000] ^= 0xff;
    self::packed("gzip", &packed)
}

#[rustfmt::skip]
const CASES: &[Case] = &[
    // Nothing, or the beginning of something.
    case("closes at once", &[], &[], 1, &["without an answer", "check the port"]),
    case("is silent", &[Hold], &[], 1, &["nothing came for", "ETIMEDOUT"]),
    case("resets at once", &[Reset], &[], 1, &["ECONNRESET"]),
    case("is deaf and closes", &[Deaf], &[], 1, &[]),
    case("only an empty line", &[Send(b"\r\n")], &[], 6, &["no status line"]),
    case("three letters", &[Send(b"HTT")], &[], 6, &["no status line"]),
    case("half a status line", &[Send(b"HTTP/1.1 20")], &[], 1, &["never ends"]),
    case("half a header", &[Send(b"HTTP/1.1 200 OK\r\nContent-Le")], &[], 1, &["never ends"]),
    case("a head and silence", &[Send(b"HTTP/1.1 200 OK\r\nA: b\r\n"), Hold], &[], 1, &["nothing more came for", "never ends"]),
    case("resets in the head", &[Send(b"HTTP/1.1 200 OK\r\nA: b\r\n"), Reset], &[], 1, &["the connection broke", "never ends"]),
    case("resets in the body", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok"), Reset], &[], 1, &["broke", "shorter"]),
    case("drips the head for ever", &[Drip(b"HTTP/1.1 200 OK\r\nX: abcdefghijklmnopqrstuvwxyz", 100)], &["--timeout", "1"], 1, &["not done within"]),
    case("drips the body for ever", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n"), Drip(b"abcdefghijklmnopqrstuvwxyz", 100)], &["--timeout", "1"], 1, &["not done within", "shorter"]),
    case("drips and is done", &[Drip(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", 5)], &[], 0, &[]),
    // Lengths.
    case("too short", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nok")], &[], 1, &["shorter than Content-Length", "2 B of 9 B"]),
    case("too long", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nok")], &[], 0, &["longer than Content-Length"]),
    case("a negative length", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nok")], &[], 0, &["“-1” is not a length"]),
    case("a length in words", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: two\r\n\r\nok")], &[], 0, &["“two” is not a length"]),
    case("an empty length", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nok")], &[], 0, &["“” is not a length"]),
    case("a length of thirty digits", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999999999999999999999\r\n\r\nok")], &[], 0, &["is not a length"]),
    case("a length of nine exabytes", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000000000000000\r\n\r\nok")], &[], 1, &["--output", "--max"]),
    case("the length twice", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &["2 times"]),
    case("two lengths", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &["“1, 2” is not a length"]),
    case("a length and chunks", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")], &[], 0, &["the chunks count"]),
    case("no length", &[Send(b"HTTP/1.1 200 OK\r\n\r\nok")], &[], 0, &["no Content-Length"]),
    // Chunks.
    case("no length of a chunk", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxy\r\nok")], &[], 1, &["“xy” is not the length of a chunk"]),
    case("a chunk with 0x", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0x2\r\nok\r\n0\r\n\r\n")], &[], 1, &["“0x2” is not the length"]),
    case("a negative chunk", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n-2\r\nok\r\n0\r\n\r\n")], &[], 1, &["“-2” is not the length"]),
    case("a chunk beyond 64 bits", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\nok")], &[], 1, &["is not the length of a chunk"]),
    case("a chunk of sixteen exabytes", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nffffffffffffffff\r\nok")], &[], 1, &["broke off after 2 B"]),
    case("a chunk longer than it says", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nok\r\n0\r\n\r\n")], &[], 1, &["longer than its length"]),
    case("a chunk cut", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nok")], &[], 1, &["the last chunk never came"]),
    case("no last chunk", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n")], &[], 1, &["the last chunk never came"]),
    case("no empty line after the last chunk", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n")], &[], 1, &["empty line after the last chunk"]),
    case("chunks with LF", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\nok\n0\n\n")], &[], 0, &["LF alone"]),
    case("an endless extension", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2;"), Repeat(b"x", 10_000), Send(b"\r\nok")], &[], 1, &["length of a chunk never ends"]),
    case("endless trailers", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n"), Repeat(b"A: b\r\n", 1000)], &[], 1, &["never end"]),
    case("trailers", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nDigest: x\r\n\r\n")], &["--include"], 0, &[]),
    case("a trailer that is none", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\nno trailer\r\n\r\n")], &[], 0, &["“no trailer” is not a header"]),
    case("chunks that are packed", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n")], &[], 0, &["only the chunks are undone"]),
    case("encoded, not in chunks", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nok")], &[], 0, &["not chunked"]),
    // Heads.
    case("LF alone", &[Send(b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok")], &[], 0, &["lines end with LF alone"]),
    case("LF here and there", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\n\r\nok")], &[], 0, &["1 of 3 lines"]),
    case("CR alone", &[Send(b"HTTP/1.1 200 OK\rContent-Length: 2\r\rok")], &[], 1, &["control characters", "never ends"]),
    case("NUL in a header", &[Send(b"HTTP/1.1 200 OK\r\nA: b\0c\r\nContent-Length: 2\r\n\r\nok")], &["--include"], 0, &["control characters"]),
    case("an escape in a header", &[Send(b"HTTP/1.1 200 OK\r\nA: \x1b]0;x\x07\r\nContent-Length: 2\r\n\r\nok")], &["--include"], 0, &["control characters"]),
    case("bytes in a header", &[Send(b"HTTP/1.1 200 OK\r\nA: \xff\xfe\r\nContent-Length: 2\r\n\r\nok")], &["--include"], 0, &[]),
    case("a header that goes on", &[Send(b"HTTP/1.1 200 OK\r\nA: b\r\n c\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &["goes on with the header above"]),
    case("no colon", &[Send(b"HTTP/1.1 200 OK\r\nServer python\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &["“Server python” is not a header"]),
    case("a space before the colon", &[Send(b"HTTP/1.1 200 OK\r\nA : b\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &["“A : b” is not a header"]),
    case("no empty line before the body", &[Send(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n<h1>hi</h1>")], &[], 0, &["no empty line between the head and “<h1>hi</h1>”"]),
    case("a giant header", &[Send(b"HTTP/1.1 200 OK\r\nA: "), Repeat(b"xxxxxxxxxxxxxxxx", 10_000), Send(b"\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &[]),
    case("an endless header", &[Send(b"HTTP/1.1 200 OK\r\nA: "), Repeat(b"xxxxxxxxxxxxxxxx", ENDLESS)], &["--max", "1M"], 1, &["has no end", "--max"]),
    case("endless headers", &[Send(b"HTTP/1.1 200 OK\r\n"), Repeat(b"A: b\r\n", ENDLESS)], &["--max", "1M"], 1, &["has no end", "--max"]),
    case("a thousand headers", &[Send(b"HTTP/1.1 200 OK\r\n"), Repeat(b"A: b\r\n", 1000), Send(b"Content-Length: 2\r\n\r\nok")], &[], 0, &[]),
    case("a thousand faults", &[Send(b"HTTP/1.1 200 OK\r\n"), Repeat(b"bad\r\n", 1000), Send(b"Content-Length: 2\r\n\r\nok")], &[], 0, &["and more that is wrong"]),
    case("an empty line before", &[Send(b"\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &["an empty line before the status line"]),
    case("two answers", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nno")], &[], 0, &["second answer"]),
    case("no date, no server", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &[]),
    case("a charset that lies", &[Send(b"HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=utf-16\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &[]),
    // Status lines.
    case("HTTP/1.x", &[Send(b"HTTP/1.x 200 OK\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &["“HTTP/1.x” is not a version"]),
    case("HTTP/2", &[Send(b"HTTP/2 200\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &["“HTTP/2” is not a version"]),
    case("small letters", &[Send(b"http/1.1 200 ok\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &["“http/1.1” is not a version"]),
    case("a space for the slash", &[Send(b"HTTP 1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &["“HTTP” is not a version"]),
    case("no number", &[Send(b"HTTP/1.1 OK\r\nContent-Length: 2\r\n\r\nok")], &[], 6, &["not a number from 100"]),
    case("status 999", &[Send(b"HTTP/1.1 999 What\r\nContent-Length: 2\r\n\r\nok")], &[], 6, &["not a number from 100"]),
    case("status 20", &[Send(b"HTTP/1.1 20 OK\r\nContent-Length: 2\r\n\r\nok")], &[], 6, &["not a number from 100"]),
    case("status 0200", &[Send(b"HTTP/1.1 0200 OK\r\nContent-Length: 2\r\n\r\nok")], &[], 6, &["not a number from 100"]),
    // Slips of the hand.
    case("line ends written out", &[Send(br"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<h1>hi</h1>")], &[], 0, &["backslash"]),
    case("a raw string of lines", &[Send(b"HTTP/1.1 404 Not Found\\r\\n\nA: b\\r\\n\n\\r\\n\nhi")], &[], 4, &["backslash", "404"]),
    case("a BOM", &[Send(b"\xef\xbb\xbfHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &["BOM"]),
    case("shown bytes", &[Send(br"b'HTTP/1.1 200 OK\r\n\r\nok'")], &[], 0, &["b'", "send the bytes"]),
    case("in quotes", &[Send(br#""HTTP/1.1 200 OK\r\n\r\nok""#)], &[], 0, &["in quotes"]),
    case("indented", &[Send(b"\n    HTTP/1.1 200 OK\n    Content-Type: text/html\n\n    <h1>hi</h1>\n")], &[], 0, &["indented", "empty line before"]),
    case("UTF-16", &[Send(b"H\0T\0T\0P\0/\x001\0.\x001\0")], &[], 6, &["UTF-16"]),
    case("JSON without a head", &[Send(b"{\"temperature\": 21}")], &[], 6, &["JSON without a head"]),
    case("a page without a head", &[Send(b"<h1>hi</h1>")], &[], 6, &["page without a head"]),
    case("a picture without a head", &[Send(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")], &[], 6, &["picture without a head"]),
    case("its request back", &[Send(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")], &[], 6, &["echo server"]),
    case("a greeting", &[Send(b"hello, who is there?\n"), Hold], &[], 6, &["no status line"]),
    // Other protocols.
    case("SSH", &[Send(b"SSH-2.0-OpenSSH_9.2\r\n"), Hold], &[], 6, &["SSH"]),
    case("SMTP", &[Deaf, Send(b"220 mail.test ESMTP\r\n"), Hold], &[], 6, &["mail or FTP"]),
    case("TLS", &[Send(b"\x15\x03\x01\x00\x02\x02\x28")], &[], 6, &["https"]),
    case("HTTP/2 frames", &[Send(b"\0\0\x12\x04\0\0\0\0\0\0\0")], &[], 6, &["HTTP/2"]),
    case("Redis", &[Send(b"-ERR unknown command 'GET'\r\n"), Hold], &[], 6, &["Redis"]),
    case("MySQL", &[Send(b"\x4a\0\0\0\x0a8.0.36\0\x08\0\0\0"), Hold], &[], 6, &["MySQL"]),
    case("Telnet", &[Send(b"\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23"), Hold], &[], 6, &["Telnet"]),
    case("noise", &[Made(|| noise(300_000, 3))], &[], 6, &["binary"]),
    // Interim answers.
    case("103 first", &[Send(b"HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")], &["--include"], 0, &[]),
    case("only 100", &[Send(b"HTTP/1.1 100 Continue\r\n\r\n")], &[], 1, &["never the answer itself"]),
    case("a flood of 100", &[Repeat(b"HTTP/1.1 100 Continue\r\n\r\n", 30)], &[], 6, &["still more"]),
    case("101 that nobody asked for", &[Send(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n\x81\x02hi")], &[], 6, &["nobody asked for"]),
    // Answers without a body.
    case("204 with a body", &[Send(b"HTTP/1.1 204 No Content\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &["204 has no body", "2 B follow"]),
    case("304 with a body", &[Send(b"HTTP/1.1 304 Not Modified\r\n\r\nok")], &[], 0, &["304 has no body"]),
    case("304 with a length", &[Send(b"HTTP/1.1 304 Not Modified\r\nContent-Length: 9000000000\r\n\r\n")], &[], 0, &[]),
    case("HEAD with a body", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")], &["--method", "HEAD"], 0, &["HEAD has no body"]),
    // Elsewhere.
    case("302", &[Send(b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n")], &[], 3, &["302 Found: it is at /b", "--follow"]),
    case("302 to nowhere", &[Send(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\n\r\n")], &["--follow"], 3, &["no Location", "302 Found"]),
    case("a loop", &[Send(b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n")], &["--follow"], 3, &["10 redirects were followed and no more"]),
    case("a loop that is broken as well", &[Send(b"HTTP/1.x 302 Found\nLocation: /\nSet-Cookie: a=b; Domain=other.test\nContent-Length: 0\n\n")], &["--follow=1"], 3, &["on to /\nsocketlab: lines end with LF alone", "a is for another host"]),
    case("to a file", &[Send(b"HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n")], &["-L"], 3, &["not followed", "“file” is not spoken"]),
    case("to https", &[Send(b"HTTP/1.1 301 Moved\r\nLocation: https://a.test/\r\nContent-Length: 0\r\n\r\n")], &["--location"], 3, &["not followed", "https is not spoken"]),
    case("to no URL", &[Send(b"HTTP/1.1 302 Found\r\nLocation: http://[x\r\nContent-Length: 0\r\n\r\n")], &["-L"], 3, &["not followed"]),
    case("to a closed port", &[Send(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n")], &["-L"], 1, &["ECONNREFUSED"]),
    case("300", &[Send(b"HTTP/1.1 300 Multiple Choices\r\nContent-Length: 2\r\n\r\nok")], &[], 3, &["300 Multiple Choices"]),
    case("an endless body of a redirect", &[Send(b"HTTP/1.1 302 Found\r\nLocation: /\r\n\r\n"), Repeat(b"xxxxxxxxxxxxxxxx", ENDLESS)], &["--follow=1", "--max", "1M"], 1, &["1 redirects were followed", "--max"]),
    // Refused.
    case("404", &[Send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone")], &[], 4, &["the server answered 404 Not Found"]),
    case("404 with a body that is not wanted", &[Send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone")], &["--fail"], 4, &["404 Not Found", "the body was left"]),
    case("500", &[Send(b"HTTP/1.1 500 Oops\r\nContent-Length: 4\r\n\r\ngone")], &[], 5, &["the server answered 500 Oops"]),
    case("404 cut", &[Send(b"HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\ngone")], &[], 1, &["404", "shorter"]),
    case("401", &[Send(b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm=x\r\nContent-Length: 0\r\n\r\n")], &[], 4, &["--user"]),
    case("a digest of an unknown kind", &[Send(b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest nonce=a, algorithm=SHA-1\r\nContent-Length: 0\r\n\r\n")], &["--user", "me:it", "--digest"], 4, &["SHA-1"]),
    case("a nonce that is never new enough", &[Send(b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Digest nonce=a, stale=true\r\nContent-Length: 0\r\n\r\n")], &["--user", "me:it", "--digest"], 4, &["once more with a digest", "401"]),
    case("413 before the body was read", &[Deaf, Send(b"HTTP/1.1 413 Content Too Large\r\nContent-Length: 3\r\n\r\nbig"), Hold], &["--body", "x"], 4, &["413"]),
    // Packed.
    case("gzip cut", &[Made(half_of_gzip)], &["--compressed"], 1, &["breaks off"]),
    case("gzip damaged", &[Made(damaged_gzip)], &["--compressed"], 1, &["gzip"]),
    case("gzip that is none", &[Made(|| packed("gzip", b"plain text"))], &["--compressed"], 0, &["says gzip, and the body is not"]),
    case("brotli that is none", &[Made(|| packed("br", &noise(5000, 5)))], &["--compressed"], 0, &["says br, and the body is not"]),
    case("zstd that is none", &[Made(|| packed("zstd", &noise(5000, 6)))], &["--compressed"], 0, &["says zstd, and the body is not"]),
    case("gzip and more", &[Made(|| packed("gzip", &[gzip(b"ok"), b"more".to_vec()].concat()))], &["--compressed"], 1, &["became 2 B", "damaged"]),
    case("gzip that nobody asked for", &[Made(|| packed("gzip", &gzip(b"ok")))], &[], 0, &["compressed with gzip and left so", "--compressed"]),
    case("packed with what nobody knows", &[Made(|| packed("compress", b"ok"))], &["--compressed"], 0, &["“compress” is not known here"]),
    case("a bomb", &[Made(|| packed("gzip", &gzip(&vec![0; 100 << 20])))], &["--compressed", "--max", "1G"], 1, &["trap"]),
    case("a bomb within the limit", &[Made(|| packed("gzip", &gzip(&vec![0; 50 << 20])))], &["--compressed"], 1, &["larger than 33\u{2009}554\u{2009}432 B", "--max"]),
    // Floods.
    case("an endless body", &[Send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"), Repeat(b"xxxxxxxxxxxxxxxx", ENDLESS)], &[], 1, &["larger than 33\u{2009}554\u{2009}432 B", "--max"]),
    case("an endless body into a file", &[Send(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n"), Repeat(b"xxxxxxxxxxxxxxxx", ENDLESS)], &["--max", "1M", "--output", "FILE"], 1, &["more than 1\u{2009}000\u{2009}000 B", "1\u{2009}000\u{2009}000 B of the body are in"]),
    case("endless chunks", &[Send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"), Repeat(b"5\r\nhello\r\n", ENDLESS)], &["--max", "1M"], 1, &["--max"]),
    case("more than the limit into a file", &[Send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nwhat ever")], &["--max", "5", "--output", "FILE"], 1, &["the body has 9 B", "--max"]),
    // Cookies.
    case("a cookie of another host", &[Send(b"HTTP/1.1 200 OK\r\nSet-Cookie: a=b; Domain=other.test\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &["a is for another host"]),
    case("a giant cookie", &[Send(b"HTTP/1.1 200 OK\r\nSet-Cookie: a="), Repeat(b"xxxxxxxxxxxxxxxx", 1000), Send(b"\r\nContent-Length: 2\r\n\r\nok")], &[], 0, &["too long"]),
];

/// Serves each caller in the same way, until the tests end.
fn serve(does: &'static [Do]) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            // Who was cut off has nothing more to say.
            let _ = answer(patient(stream), does);
        }
    });
    format!("http://{address}/")
}

fn answer(mut stream: TcpStream, does: &[Do]) -> std::io::Result<()> {
    if !matches!(does.first(), Some(Deaf)) {
        let mut reader = BufReader::new(&stream);
        let mut line = String::new();
        while reader.read_line(&mut line)? > 2 {
            line.clear();
        }
    }
    for step in does {
        match step {
            Send(bytes) => stream.write_all(bytes)?,
            Made(made) => stream.write_all(&made())?,
            Repeat(bytes, count) => {
                let together = (*count).min(4096);
                let piece = bytes.repeat(together);
                for _ in 0..count / together {
                    stream.write_all(&piece)?;
                }
                stream.write_all(&bytes.repeat(count % together))?;
            }
            Drip(bytes, pause) => {
                for byte in *bytes {
                    stream.write_all(&[*byte])?;
                    thread::sleep(Duration::from_millis(*pause));
                }
            }
            Hold => _ = stream.read_to_end(&mut Vec::new()),
            Reset => {
                // What was sent before is to be there first.
                thread::sleep(Duration::from_millis(100));
                reset(stream);
                return Ok(());
            }
            Deaf => {}
        }
    }
    stream.shutdown(Shutdown::Write)?;
    stream.read_to_end(&mut Vec::new()).map(drop)
}

/// The most memory that a program took so far, in KiB, where the system says it.
fn peak(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches(" kB").parse().ok()
}

/// What is wrong with how `get` takes it; nothing when all is as it should be.
fn faults(case: &Case) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("body");
    let url = serve(case.does);
    let mut command = program();
    command.args(["get", &url, "--first-byte-timeout", "0.7", "--idle-timeout", "0.7"]);
    command.args(case.args.iter().map(|word| if *word == "FILE" { file.to_str().unwrap() } else { word }));
    command.env("no_proxy", "*").stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let (mut out, mut err) = (child.stdout.take().unwrap(), child.stderr.take().unwrap());
    let out = thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
    let err = thread::spawn(move || {
        let mut words = Vec::new();
        err.read_to_end(&mut words).map(|_| String::from_utf8_lossy(&words).into_owned())
    });
    let (began, mut most) = (Instant::now(), 0);
    let mut faults = Vec::new();
    let code = loop {
        most = most.max(peak(&child).unwrap_or_default());
        if let Some(status) = child.try_wait().unwrap() {
            break status.code();
        }
        if began.elapsed() > PATIENCE {
            let _ = child.kill();
            faults.push("it does not end".to_owned());
        }
        thread::sleep(Duration::from_millis(5));
    };
    let err = err.join().unwrap().unwrap();
    let _ = out.join();
    if code != Some(case.code) {
        faults.push(format!("code {code:?}, not {}", case.code));
    }
    faults.extend(case.says.iter().filter(|part| !err.contains(**part)).map(|part| format!("nothing on “{part}”")));
    if err.contains("panicked") || !err.lines().all(|line| line.starts_with("socketlab: ")) {
        faults.push("words that are none of ours".to_owned());
    }
    if case.code != 0 && err.is_empty() {
        faults.push("no word on why".to_owned());
    }
    if most > MEMORY {
        faults.push(format!("{most} KiB of memory"));
    }
    if let Some(length) = std::fs::metadata(&file).ok().map(|facts| facts.len()).filter(|length| *length > 1_000_000) {
        faults.push(format!("a file of {length} bytes"));
    }
    if !faults.is_empty() {
        faults.push(err);
    }
    faults
}

#[test]
fn each_of_many_broken_servers_is_told_what_is_wrong_with_it() {
    let (next, wrong) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| {
                while let Some(case) = CASES.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let faults = faults(case);
                    if !faults.is_empty() {
                        wrong.lock().unwrap().push(format!("{}: {}", case.name, faults.join("; ")));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), CASES.len(), wrong.join("\n"));
}
