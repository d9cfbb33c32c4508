//! The help of the command line in the language that is spoken.

use clap::{Command, CommandFactory, builder::StyledStr};

use super::args::Args;
use crate::words::tr_help;

/// Every text of the help as it stands in the code, each once: what a catalogue needs besides `text!`.
#[must_use]
pub fn help_texts() -> Vec<String> {
    let mut texts = Vec::new();
    // Built, so that clap's own arguments and commands are there as well.
    let mut command = Args::command();
    command.build();
    collect(&command, &mut texts);
    texts.sort();
    texts.dedup();
    texts
}

fn collect(command: &Command, texts: &mut Vec<String>) {
    let mut take = |text: Option<&StyledStr>| texts.extend(text.map(ToString::to_string));
    take(command.get_about());
    take(command.get_long_about());
    for argument in command.get_arguments().filter(|argument| !argument.is_hide_set()) {
        take(argument.get_help());
        take(argument.get_long_help());
        for value in argument.get_possible_values() {
            take(value.get_help());
        }
    }
    for inner in command.get_subcommands() {
        collect(inner, texts);
    }
}

/// `command` with its help in the language that is spoken.
pub(super) fn translated(mut command: Command) -> Command {
    if crate::words::language() == crate::words::Language::English {
        return command;
    }
    command.build();
    translate(command)
}

fn translate(mut command: Command) -> Command {
    let other = |text: Option<&StyledStr>| tr_help(&text?.to_string());
    if let Some(about) = other(command.get_about()) {
        command = command.about(about);
    }
    if let Some(about) = other(command.get_long_about()) {
        command = command.long_about(about);
    }
    command = command.mut_args(|mut argument| {
        if let Some(help) = other(argument.get_help()) {
            argument = argument.help(help);
        }
        if let Some(help) = other(argument.get_long_help()) {
            argument = argument.long_help(help);
        }
        argument
    });
    command.mut_subcommands(translate)
}
