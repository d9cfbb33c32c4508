//! Bytes and words as the languages of the programs write them.

use std::{fmt::Write as _, path::Path};

use super::Impossible;
use crate::model::{
    Encoding,
    compose::{Notation, Options, Template, Turn},
};

/// A word of a POSIX shell.
pub(super) fn shell(word: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_./:=@%+,".contains(&byte);
    if !word.is_empty() && word.bytes().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// The bytes of a fixed reply; what has other ones each time is too much.
pub(super) fn reply(text: &str, options: Options, encoding: Encoding) -> Result<Vec<u8>, Impossible> {
    let template = Template::new(text, Notation::Text, &options, encoding).ok().filter(|typed| !typed.has_fields());
    template.map(|typed| typed.fill(&Turn::now(0)).bytes).ok_or(Impossible::TooMuch)
}

/// A path as a word of a shell that no program takes for an option.
pub(super) fn shell_path(path: &Path) -> String {
    let path = path.to_string_lossy();
    shell(&if path.starts_with('-') { format!("./{path}") } else { path.into_owned() })
}

/// The format of `printf` in a POSIX shell that writes exactly these bytes.
pub(super) fn printf(bytes: &[u8]) -> String {
    let mut out = String::from("'");
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            // It would be taken for an option.
            b'-' if at == 0 => out.push_str("\\055"),
            b'\r' => out.push_str("\\r"),
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            b'%' => out.push_str("%%"),
            b'\'' => out.push_str(r"'\''"),
            0x20..=0x7e => out.push(char::from(*byte)),
            other => {
                let _ = write!(out, "\\{other:03o}");
            }
        }
    }
    out.push('\'');
    out
}

/// A literal of type `bytes` in Python; in Rust too, where it is a byte string.
pub(super) fn bytes(bytes: &[u8]) -> String {
    let mut out = String::from("b\"");
    for byte in bytes {
        match byte {
            b'\r' => out.push_str("\\r"),
            b'\n' => out.push_str("\\n"),
            b'\t' => out.push_str("\\t"),
            b'\\' => out.push_str("\\\\"),
            b'"' => out.push_str("\\\""),
            0x20..=0x7e => out.push(char::from(*byte)),
            other => {
                let _ = write!(out, "\\x{other:02x}");
            }
        }
    }
    out.push('"');
    out
}

/// A string in Python, and in Rust where it is ASCII.
pub(super) fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for char in text.chars() {
        match char {
            '"' | '\\' => {
                out.push('\\');
                out.push(char);
            }
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            char if char.is_control() => {
                let _ = write!(out, "\\x{:02x}", u32::from(char));
            }
            char => out.push(char),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::{
        io::Write as _,
        process::{Command, Stdio},
    };

    use proptest::{collection::vec, prelude::*, strategy::ValueTree, test_runner::TestRunner};

    use super::*;

    /// So many values, the same in every run.
    fn values<T: std::fmt::Debug>(strategy: &impl Strategy<Value = T>, count: usize) -> Vec<T> {
        let mut runner = TestRunner::deterministic();
        (0..count).map(|_| strategy.new_tree(&mut runner).unwrap().current()).collect()
    }

    /// Everything that some language or shell treats in its own way, and everything else.
    fn any_text() -> impl Strategy<Value = String> {
        let special = prop::sample::select(
            "'\"\\`$%^!#~{}()[]<>;&|*?=-\n\r\t \u{7f}\u{80}\u{2028}你".chars().collect::<Vec<_>>(),
        );
        let char = prop_oneof![3 => special, 1 => any::<char>()];
        vec(char.prop_filter("an argument holds no zero", |char| *char != '\0'), 0..20)
            .prop_map(|chars| chars.into_iter().collect())
    }

    fn run(program: &str, arguments: &[&str], input: &str) -> Vec<u8> {
        let mut child = Command::new(program)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{program} is needed for this test: {error}"));
        let mut stdin = child.stdin.take().unwrap();
        let input = input.to_owned();
        let writer = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
        let output = child.wait_with_output().unwrap();
        writer.join().unwrap().unwrap();
        assert!(output.status.success(), "{program}");
        output.stdout
    }

    #[test]
    fn a_shell_takes_a_quoted_word_as_it_is() {
        let words = values(&any_text(), 500);
        let quoted: Vec<String> = words.iter().map(|word| shell(word)).collect();
        let out = run("sh", &[], &format!("printf '%s\\0' {}\n", quoted.join(" ")));
        let got: Vec<String> =
            out.split(|byte| *byte == 0).map(|word| String::from_utf8(word.to_vec()).unwrap()).collect();
        assert_eq!(got[..words.len()], words);
        // So does the reader of pasted commands.
        for (word, quoted) in words.iter().zip(&quoted) {
            let command = format!("curl {quoted} end");
            let split = crate::snippet::curl::words_of(&command);
            assert_eq!(split, ["curl", word, "end"], "{command}");
        }
    }

    #[test]
    fn printf_writes_exactly_these_bytes() {
        for bytes in values(&vec(any::<u8>(), 0..40), 60) {
            let out = run("sh", &[], &format!("printf {}\n", printf(&bytes)));
            assert_eq!(out, bytes, "{}", printf(&bytes));
        }
    }

    #[test]
    fn python_reads_the_same_bytes_and_texts() {
        let (data, texts) = (values(&vec(any::<u8>(), 0..40), 300), values(&any_text(), 300));
        let mut lines = String::new();
        for line in data.iter().map(|data| bytes(data)).chain(texts.iter().map(|text| string(text))) {
            assert!(!line.contains(['\n', '\r']), "{line}");
            lines.extend([line.as_str(), "\n"]);
        }
        let program = "import ast, sys\n\
                       for line in sys.stdin.buffer.read().decode().split('\\n')[:-1]:\n\
                       \x20   value = ast.literal_eval(line)\n\
                       \x20   print((value if isinstance(value, bytes) else value.encode()).hex())";
        let out = String::from_utf8(run("python3", &["-c", program], &lines)).unwrap();
        let hex = |bytes: &[u8]| {
            bytes.iter().fold(String::new(), |mut hex, byte| {
                let _ = std::fmt::Write::write_fmt(&mut hex, format_args!("{byte:02x}"));
                hex
            })
        };
        let wanted: Vec<String> =
            data.iter().map(|data| hex(data)).chain(texts.iter().map(|text| hex(text.as_bytes()))).collect();
        assert_eq!(out.lines().collect::<Vec<_>>(), wanted);
    }
}
