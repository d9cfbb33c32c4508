//! Packs the licence texts that the window shows, makes the catalogues of texts into a table, and gives the Windows program
//! its icon and version.

use std::{
    collections::BTreeMap,
    env,
    error::Error,
    fmt::Write as _,
    fs::{self, File},
    io::Write,
    path::Path,
};

use flate2::{Compression, write::ZlibEncoder};

/// What the program understands: Windows 10, the monitors' own scales, long paths, and dialogs of the present style.
const MANIFEST: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <dependency><dependentAssembly><assemblyIdentity type="win32" name="Microsoft.Windows.Common-Controls" version="6.0.0.0"
    processorArchitecture="*" publicKeyToken="6595b64144ccf1df" language="*"/></dependentAssembly></dependency>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1"><application>
    <supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/></application></compatibility>
  <application xmlns="urn:schemas-microsoft-com:asm.v3"><windowsSettings>
    <dpiAwareness xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">PerMonitorV2</dpiAwareness>
    <longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware>
  </windowsSettings></application>
</assembly>"#;

fn main() -> Result<(), Box<dyn Error>> {
    licences()?;
    languages()?;
    if env::var_os("CARGO_CFG_WINDOWS").is_some() {
        resources()?;
    }
    Ok(())
}

/// A tenth of the text's size in the program.
fn licences() -> Result<(), Box<dyn Error>> {
    const TEXT: &str = "assets/licences.txt";
    println!("cargo::rerun-if-changed={TEXT}");
    let packed = Path::new(&env::var("OUT_DIR")?).join("licences.zz");
    let mut packed = ZlibEncoder::new(File::create(packed)?, Compression::best());
    packed.write_all(&fs::read(TEXT)?)?;
    packed.finish()?;
    Ok(())
}

/// Every catalogue in `assets/locales` is a language; a text is a string, or a table of strings by plural category.
fn languages() -> Result<(), Box<dyn Error>> {
    const FOLDER: &str = "assets/locales";
    println!("cargo::rerun-if-changed={FOLDER}");
    let mut catalogues = Vec::new();
    for file in fs::read_dir(FOLDER)? {
        let path = file?.path();
        let tag = path.file_stem().and_then(|name| name.to_str()).ok_or("a catalogue is named by its language tag")?;
        println!("cargo::rerun-if-changed={}", path.display());
        let texts: BTreeMap<String, toml::Value> =
            toml::from_str(&fs::read_to_string(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
        catalogues.push((tag.to_owned(), texts));
    }
    // The language of the code is the first.
    catalogues.sort_by_key(|(tag, _)| (tag != "en", tag.clone()));
    if catalogues.first().is_none_or(|(tag, _)| tag != "en") || catalogues.len() > 100 {
        return Err("assets/locales has no en.toml, or more than a hundred languages".into());
    }
    let mut code = String::from("pub(super) static LANGUAGES: &[Catalogue] = &[\n");
    for (tag, texts) in catalogues {
        writeln!(code, "Catalogue {{ tag: {tag:?}, texts: &[")?;
        for (key, text) in texts {
            match text {
                toml::Value::String(text) => writeln!(code, "({key:?}, Entry::Text({text:?})),")?,
                toml::Value::Table(forms) => {
                    write!(code, "({key:?}, Entry::Plural(&[")?;
                    for (category, text) in forms {
                        let text = text.as_str().ok_or_else(|| format!("{tag}: {key}: a form is a text"))?;
                        write!(code, "({category:?}, {text:?}),")?;
                    }
                    writeln!(code, "])),")?;
                }
                _ => return Err(format!("{tag}: {key}: neither a text nor a table of its plural forms").into()),
            }
        }
        writeln!(code, "] }},")?;
    }
    code.push_str("];\n");
    fs::write(Path::new(&env::var("OUT_DIR")?).join("languages.rs"), code)?;
    Ok(())
}

/// Needs the resource compiler of the target's toolchain.
fn resources() -> Result<(), Box<dyn Error>> {
    const ICON: &str = "assets/icons/socketlab.ico";
    println!("cargo::rerun-if-changed={ICON}");
    winresource::WindowsResource::new()
        .set_icon(ICON)
        .set_manifest(MANIFEST)
        .set("FileDescription", "Socketlab")
        .set("ProductName", "Socketlab")
        .set("CompanyName", "The Socketlab developers")
        .set("LegalCopyright", "MIT or Apache-2.0")
        .set("OriginalFilename", "socketlab.exe")
        .set("InternalName", "socketlab")
        .compile()
        .map_err(|error| format!("the icon and version of the program: {error}"))?;
    Ok(())
}
