//! The help of the command line in the language that is spoken.

use clap::{
    Arg, Command, CommandFactory,
    builder::{PossibleValue, StyledStr},
};

use super::args::Args;
use crate::words::{text, tr_help};

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

/// `command` with its help in the language that is spoken: our own texts, and what clap puts around them.
pub(super) fn translated(mut command: Command) -> Command {
    command.build();
    if crate::words::language() == crate::words::Language::English { command } else { translate(command) }
}

fn translate(mut command: Command) -> Command {
    let other = |text: Option<&StyledStr>| tr_help(&text?.to_string());
    if let Some(about) = other(command.get_about()) {
        command = command.about(about);
    }
    if let Some(about) = other(command.get_long_about()) {
        command = command.long_about(about);
    }
    let usage = command.render_usage().to_string();
    let usage = usage.trim_start_matches("Usage:").trim().replace("[OPTIONS]", text!("[OPTIONS]"));
    command = command
        .override_usage(usage)
        .help_template(format!("{{about-with-newline}}\n{} {{usage}}\n\n{{all-args}}", text!("Usage:")))
        .subcommand_help_heading(text!("Commands"))
        .mut_args(argument);
    command.mut_subcommands(translate)
}

fn argument(argument: Arg) -> Arg {
    let help = |text: Option<&StyledStr>| {
        let text = text?.to_string();
        Some(tr_help(&text).map_or(text, str::to_owned))
    };
    let short = help(argument.get_help()).unwrap_or_default();
    let long = help(argument.get_long_help()).unwrap_or_else(|| short.clone());
    let takes_value = argument.get_action().takes_values();
    let choices: Vec<PossibleValue> = if takes_value { argument.get_possible_values() } else { Vec::new() };
    let default =
        argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect::<Vec<_>>().join(" ");
    let names: Vec<_> = choices.iter().map(PossibleValue::get_name).collect();
    let mut notes = Vec::new();
    if !default.is_empty() && takes_value {
        notes.push(format!("[{} {default}]", text!("default:")));
    }
    if !names.is_empty() {
        notes.push(format!("[{} {}]", text!("possible values:"), names.join(", ")));
    }
    let mut explained = long.clone();
    if choices.iter().any(|value| value.get_help().is_some()) {
        notes.pop();
        explained = format!("{long}\n\n{}", text!("possible values:"));
        for value in &choices {
            explained += &format!("\n- {}: {}", value.get_name(), help(value.get_help()).unwrap_or_default());
        }
    }
    let heading = if argument.is_positional() { text!("Arguments") } else { text!("Options") };
    let with = |words: String, between: &str| [&[words], notes.as_slice()].concat().join(between);
    let (short, long) = (with(short, " "), with(explained, "\n\n"));
    argument.help(short).long_help(long).help_heading(heading).hide_default_value(true).hide_possible_values(true)
}
