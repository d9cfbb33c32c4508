//! The command line as it is typed: the structures that clap fills, one file a command.
//!
//! Values are checked one by one here; what they mean together is for `plan`.

mod command;
mod common;
mod connect;
mod generate;
mod get;
mod hops;
mod lab;
mod listen;
mod saved;
mod site;
mod typed;
mod values;

pub use command::Renderer;
pub(super) use command::{Args, Command};
pub(super) use common::{Common, PayloadForm};
pub(super) use connect::{Connect, Said};
pub(super) use get::Get;
pub(super) use lab::{LabArgs, PythonSide, Side};
pub(super) use listen::Listen;
pub(super) use site::SiteArgs;
pub(super) use typed::{FirstByte, Typed, TypedEnd};
pub(super) use values::{WrongPeer, host_port};
