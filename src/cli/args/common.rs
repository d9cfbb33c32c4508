//! What every command understands.

use std::{path::PathBuf, time::Duration};

use clap::{
    ValueEnum,
    builder::{PossibleValuesParser, TypedValueParser},
};

use super::values::{bytes, seconds};
use crate::{model::Encoding, words::Language};

#[derive(Clone, Debug, clap::Args)]
pub(in crate::cli) struct Common {
    /// Print one JSON object a line for every record and state
    #[arg(long, global = true)]
    pub json: bool,
    /// Append the same lines to a file
    #[arg(long, global = true, value_name = "FILE")]
    pub log_file: Option<PathBuf>,
    /// How payloads are written in those lines; `none` prints no payloads at all
    #[arg(long, global = true, value_enum, default_value = "text")]
    pub payload: PayloadForm,
    /// What text is written in and read as: the TEXT of `connect --send`, what `listen reply`, `dialog` and `page` answer,
    /// and `text` in those lines
    #[arg(long, global = true, value_name = "NAME", default_value = "utf-8")]
    pub encoding: Encoding,
    /// Stop after so many seconds
    #[arg(long, global = true, value_name = "SECS", value_parser = seconds)]
    pub max_seconds: Option<Duration>,
    /// How much memory records and pictures may take (bytes, 64M, 1G); a share of the machine's without it
    #[arg(long, global = true, value_name = "SIZE", value_parser = bytes)]
    pub memory: Option<u64>,
    /// The language that is spoken; that of the system without it, and English in lines of JSON
    #[arg(long, global = true, value_parser = languages(), ignore_case = true)]
    pub lang: Option<Language>,
}

/// How the bytes of a record are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(in crate::cli) enum PayloadForm {
    /// Not at all.
    None,
    /// As text; what makes no sense in the encoding becomes U+FFFD.
    Text,
    /// As hex digits, exactly.
    Hex,
    /// As base64, exactly.
    Base64,
}

/// Every language that has a catalogue, by its tag.
fn languages() -> impl TypedValueParser<Value = Language> {
    let tags = Language::all().map(Language::tag);
    PossibleValuesParser::new(tags).map(|tag| Language::of_tag(&tag).unwrap_or_default())
}
