//! Which pictures are in a stream: `scanner` keeps the bytes, `starts` says where one may begin, `parser` and one file per format say
//! whether it is one and where it ends; `parse` has what these share.

mod bmp;
mod boxes;
mod dds;
mod gif;
mod hdr;
mod ico;
mod jpeg;
mod jxl;
pub(super) mod parse;
pub(super) mod parser;
mod png;
mod pnm;
mod qoi;
mod scanner;
mod starts;
mod svg;
mod tiff;
pub(super) mod webp;

pub use scanner::Scanner;
pub(super) use starts::announced;
