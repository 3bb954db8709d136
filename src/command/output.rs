//! Writing: whole files or nothing, never half of one.

use super::Stop;
use super::report::complain;
use std::io::{ErrorKind, Write};
use std::path::Path;

/// Writes a file beside its place and then moves it there; what is there and is no file – a device,
/// a pipe – is written to as it stands.
pub fn write(path: &Path, text: &str) -> Result<(), Stop> {
    let attempt = || -> std::io::Result<()> {
        let path = match std::fs::metadata(path) {
            Ok(found) if !found.is_file() => return std::fs::write(path, text),
            Ok(_) => &path.canonicalize()?,
            Err(_) => path,
        };
        let folder = path.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(folder)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let beside = folder.join(format!(".{name}.{}.part", std::process::id()));
        let written = std::fs::write(&beside, text).and_then(|()| std::fs::rename(&beside, path));
        if written.is_err() {
            let _ = std::fs::remove_file(&beside);
        }
        written
    };
    attempt().map_err(|error| {
        complain(format!("{} cannot be written: {error}", path.display()), None);
        Stop::Unusable
    })
}

/// Writes a file that is not there yet.
pub fn create(path: &Path, text: &str) -> Result<(), Stop> {
    if path.symlink_metadata().is_ok() {
        complain(format!("{} is there already", path.display()), Some("choose another name, or move it away"));
        return Err(Stop::Unusable);
    }
    write(path, text)
}

/// Prints to standard output; a reader that has gone away is no error.
pub fn print(text: &str) -> Result<(), Stop> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            complain(format!("standard output cannot be written: {error}"), None);
            Err(Stop::Unusable)
        }
        _ => Ok(()),
    }
}
