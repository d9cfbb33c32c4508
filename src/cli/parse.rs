//! From the words of a command line to the arguments that clap fills.

use std::ffi::OsString;

use clap::{ArgMatches, CommandFactory, Error, FromArgMatches, parser::ValueSource};

use super::{
    args::{Args, Command, Connect, Said},
    help::translated,
};
use crate::words::Language;

/// Reads the words; the first is the name of the program.
///
/// # Errors
/// When they make no sense one by one, or when help was asked for.
pub(super) fn parse(words: &[OsString]) -> Result<Args, Error> {
    let matches = translated(Args::command()).try_get_matches_from(words)?;
    let mut args = Args::from_arg_matches(&matches)?;
    match (&mut args.command, matches.subcommand()) {
        (Some(Command::Listen(listen)), Some((_, matches))) => {
            listen.chose_recv_size = matches.value_source("recv_size") == Some(ValueSource::CommandLine);
        }
        (Some(Command::Connect(connect)), Some((_, matches))) => connect.order = in_order(connect, matches),
        _ => {}
    }
    Ok(args)
}

/// The language that is asked for, before anything else is read: words on the rest are in it.
pub(super) fn lang(words: &[OsString]) -> Option<Language> {
    let mut words = words.iter().skip(1).map(|word| word.to_string_lossy());
    while let Some(word) = words.next().filter(|word| word != "--") {
        let value = match word.strip_prefix("--lang") {
            Some("") => words.next()?.into_owned(),
            Some(value) => value.strip_prefix('=')?.to_owned(),
            None => continue,
        };
        return Language::of_tag(&value);
    }
    None
}

/// What is to be sent, in the order in which it stands on the command line.
fn in_order(connect: &Connect, matches: &ArgMatches) -> Vec<Said> {
    let places = |name| matches.indices_of(name).into_iter().flatten();
    let texts = places("send").zip(connect.send.iter().cloned().map(Said::Text));
    let files = places("send_file").zip(connect.send_file.iter().cloned().map(Said::File));
    let mut said: Vec<_> = texts.chain(files).collect();
    said.sort_by_key(|(place, _)| *place);
    said.into_iter().map(|(_, said)| said).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(line: &str) -> Vec<OsString> {
        line.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn messages_keep_their_order() {
        let args = parse(&words("socketlab connect a:1 --send x --send-file f --send y")).unwrap();
        let Some(Command::Connect(connect)) = args.command else { panic!("another command") };
        assert_eq!(connect.order, [Said::Text("x".into()), Said::File("f".into()), Said::Text("y".into())]);
    }

    #[test]
    fn the_language_is_found_wherever_it_stands() {
        for line in ["s --lang zh-CN", "s listen echo --lang=zh-CN", "s get x --lang zh-cn --nope"] {
            assert_eq!(lang(&words(line)).map(Language::tag), Some("zh-CN"), "{line}");
        }
        for line in ["s", "s --lang", "s --lang fr", "s --language zh-CN", "s connect a:1 -- --lang zh-CN"] {
            assert_eq!(lang(&words(line)), None, "{line}");
        }
    }
}
