//! A command line as its words, as the shell it was written for parts it.

use crate::snippet::NoCurl;

/// The shells whose rules differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shell {
    Posix,
    /// The Windows command prompt: `^` takes the meaning away from the next character.
    Prompt,
    /// PowerShell: a backtick does, and a quote within quotes is written twice.
    Power,
}

impl Shell {
    /// Which one a command was written for. The signs count outside quotes only: a POSIX shell quotes `^"` like any text.
    fn of(command: &str) -> Self {
        let bare = outside_quotes(command);
        // Where a quote stays open these are not the quotes of a POSIX shell.
        let seen = bare.as_deref().unwrap_or(command);
        if seen.contains("^\"") || seen.contains("^\n") {
            Self::Prompt
        } else if seen.contains("`\n") || command.starts_with("curl.exe") && command.contains('`') {
            Self::Power
        } else {
            Self::Posix
        }
    }
}

/// A command without what a POSIX shell takes as it stands; the quotes themselves stay. `None` where one is never closed.
fn outside_quotes(command: &str) -> Option<String> {
    let mut out = String::with_capacity(command.len());
    let mut chars = command.chars();
    while let Some(char) = chars.next() {
        match char {
            '\\' => drop(chars.next()),
            '\'' | '"' => {
                out.extend([char, char]);
                // In $'…' and "…" a backslash takes the meaning away from the next character.
                let escapes = char == '"' || out.ends_with("$''");
                loop {
                    match chars.next()? {
                        inner if inner == char => break,
                        '\\' if escapes => drop(chars.next()),
                        _ => {}
                    }
                }
            }
            other => out.push(other),
        }
    }
    Some(out)
}

/// What a command is made of.
#[derive(Debug, Default)]
pub(super) struct Words {
    pub(super) words: Vec<String>,
    /// What the shell would have put in the place of these is not known.
    pub(super) variables: Vec<String>,
}

/// The words of a command.
pub(super) fn split(command: &str) -> Result<Words, NoCurl> {
    let lines = command.trim().replace("\r\n", "\n");
    let shell = Shell::of(&lines);
    // What a POSIX shell is given in quotes stays as it is, line ends included.
    let command = if shell == Shell::Posix { command.trim().to_owned() } else { lines };
    let command = if shell == Shell::Prompt { without_carets(&command) } else { command };
    let mut words = Vec::new();
    let mut variables = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = command.chars().peekable();
    while let Some(char) = chars.next() {
        let escape = if shell == Shell::Power { '`' } else { '\\' };
        match char {
            '\'' if shell != Shell::Prompt => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or(NoCurl::OpenQuote)? {
                        '\'' if shell == Shell::Power && chars.next_if_eq(&'\'').is_some() => word.push('\''),
                        '\'' => break,
                        other => word.push(other),
                    }
                }
            }
            '$' if shell == Shell::Posix && chars.peek() == Some(&'\'') => {
                chars.next();
                dollar_quoted(&mut chars, word.get_or_insert_default())?;
            }
            '"' => {
                let word = word.get_or_insert_default();
                loop {
                    match chars.next().ok_or(NoCurl::OpenQuote)? {
                        '"' if shell != Shell::Posix && chars.next_if_eq(&'"').is_some() => word.push('"'),
                        '"' => break,
                        char if char == escape => match chars.next().ok_or(NoCurl::OpenQuote)? {
                            '\n' => {}
                            '\r' if chars.next_if_eq(&'\n').is_some() => {}
                            next if shell == Shell::Power || "\"\\$`".contains(next) => word.push(next),
                            next => word.extend([char, next]),
                        },
                        // A backslash before a quote is read by the program itself on Windows.
                        '\\' if shell == Shell::Power && chars.next_if_eq(&'"').is_some() => word.push('"'),
                        other => {
                            variables.extend(variable(shell, other, &chars));
                            word.push(other);
                        }
                    }
                }
            }
            char if char == escape => match chars.next() {
                Some('\n') | None => {}
                Some('\r') if chars.next_if_eq(&'\n').is_some() => {}
                Some(next) if shell == Shell::Prompt && next != '"' => {
                    word.get_or_insert_default().extend([char, next]);
                }
                Some(next) => word.get_or_insert_default().push(next),
            },
            char if char.is_whitespace() => words.extend(word.take()),
            '|' | ';' | '>' if shell == Shell::Posix => {
                words.extend(word.take());
                words.push(char.to_string());
            }
            other => {
                variables.extend(variable(shell, other, &chars));
                word.get_or_insert_default().push(other);
            }
        }
    }
    words.extend(word);
    Ok(Words { words, variables })
}

/// What begins here and has its value only in the shell.
fn variable(shell: Shell, first: char, rest: &std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    if shell != Shell::Posix {
        return None;
    }
    let name: String = rest.clone().take_while(|char| char.is_ascii_alphanumeric() || "_{(".contains(*char)).collect();
    let begins = name.starts_with(|char: char| char.is_ascii_alphabetic() || "_{(".contains(char));
    match first {
        '$' if begins => Some(format!("${name}")),
        '`' => Some("`".to_owned()),
        _ => None,
    }
}

/// What the command prompt leaves of a line.
fn without_carets(command: &str) -> String {
    let mut out = String::with_capacity(command.len());
    let mut chars = command.chars();
    while let Some(char) = chars.next() {
        match char {
            '^' => match chars.next() {
                // A line break that stays one is written as two.
                Some('\n') if chars.as_str().starts_with('\n') => out.extend(chars.next()),
                Some('\n') | None => out.push(' '),
                Some(next) => out.push(next),
            },
            other => out.push(other),
        }
    }
    out
}

/// `$'…'` of bash.
fn dollar_quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, word: &mut String) -> Result<(), NoCurl> {
    let code = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>, most: usize| {
        let mut digits = String::new();
        while digits.len() < most
            && let Some(digit) = chars.next_if(char::is_ascii_hexdigit)
        {
            digits.push(digit);
        }
        u32::from_str_radix(&digits, 16).unwrap_or(u32::MAX)
    };
    let number = |chars: &mut std::iter::Peekable<std::str::Chars<'_>>, most: usize| {
        let mut first = code(chars, most);
        // Browsers write what is beyond 16 bits as two surrogates.
        let mut ahead = chars.clone();
        if (0xd800..0xdc00).contains(&first) && ahead.next() == Some('\\') && ahead.next() == Some('u') {
            let second = code(&mut ahead, 4);
            if (0xdc00..0xe000).contains(&second) {
                first = 0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00);
                *chars = ahead;
            }
        }
        char::from_u32(first).unwrap_or('\u{fffd}')
    };
    loop {
        match chars.next().ok_or(NoCurl::OpenQuote)? {
            '\'' => return Ok(()),
            '\\' => match chars.next().ok_or(NoCurl::OpenQuote)? {
                'n' => word.push('\n'),
                'r' => word.push('\r'),
                't' => word.push('\t'),
                'x' => word.push(number(chars, 2)),
                'u' => word.push(number(chars, 4)),
                'U' => word.push(number(chars, 8)),
                other => word.push(other),
            },
            other => word.push(other),
        }
    }
}
