//! Writes results to standard output, or to a file that is written whole or not at all.
//!
//! No output replaces a file that the arguments name for reading, metadata or code. Refuses to know formats, except
//! whether one may contain commands to a build's runner.

use std::io::{self, Write};
use std::path::Path;

use super::{Environment, Failure};
use sessionlint_apex::Code;
use sessionlint_project::discover::{IGNORE_FILE, PROJECT_FILE};
use sessionlint_project::metadata::kind::{Recognised, recognise_in_source};
use sessionlint_project::vfs::CONFIG_FILE;
use sessionlint_report::gate::Gate;

/// Calls `write` with the output that the user chose.
pub(super) fn write(
    environment: &mut Environment<'_>,
    file: Option<&Path>,
    write: impl FnOnce(&mut Gate<'_>) -> io::Result<()>,
) -> Result<(), Failure> {
    write_for(environment, file, false, write)
}

/// The same for a format that may consist of commands to a build's runner; only then do they pass into a file.
pub(super) fn write_for(
    environment: &mut Environment<'_>,
    file: Option<&Path>,
    may_command: bool,
    write: impl FnOnce(&mut Gate<'_>) -> io::Result<()>,
) -> Result<(), Failure> {
    let Some(file) = file else { return Ok(write(&mut environment.out)?) };
    let path = environment.current.join(file);
    if path.is_dir() || file.to_string_lossy().ends_with(std::path::is_separator) {
        return Err(Failure::Usage(format!("{}: a folder, and this output is one file: name it", file.display())));
    }
    let failed = |error: io::Error| Failure::Unreadable(format!("{}: cannot be written ({error})", file.display()));
    if path.exists() && !path.is_file() {
        // A device or pipe cannot be replaced, so it is written directly.
        let mut sink = std::fs::OpenOptions::new().write(true).open(&path).map_err(failed)?;
        let mut sink = Gate::new(&mut sink);
        sink.let_commands_pass(may_command);
        return write(&mut sink).and_then(|()| sink.finish()).map_err(failed);
    }
    let mut temporary = beside(&path, file).map_err(failed)?;
    {
        let mut buffer = io::BufWriter::new(temporary.as_file_mut());
        let mut sink = Gate::new(&mut buffer);
        sink.let_commands_pass(may_command);
        write(&mut sink).and_then(|()| sink.finish()).and_then(|()| sink.flush()).map_err(failed)?;
    }
    temporary.persist(&path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// Refuses an output that would replace one of the `inputs` of the run, or a file that a project is read from.
pub(super) fn refuse_input(output: &Path, inputs: &[&Path], environment: &Environment<'_>) -> Result<(), Failure> {
    // A device and a pipe are not replaced.
    let file = |path: &Path| environment.current.join(path).canonicalize().ok().filter(|path| path.is_file());
    let Some(replaced) = file(output) else { return Ok(()) };
    let name = replaced.file_name().and_then(|name| name.to_str());
    let is_read = matches!(name, Some(CONFIG_FILE | PROJECT_FILE | IGNORE_FILE))
        || name.is_some_and(is_source)
        || inputs.iter().any(|input| file(input).as_ref() == Some(&replaced));
    if !is_read {
        return Ok(());
    }
    Err(Failure::Usage(format!("{}: this file is read, so that no output may replace it", output.display())))
}

/// Whether a file of this name is metadata or code. Texts of the Metadata API are not: a report may end with `.md` too.
fn is_source(name: &str) -> bool {
    let is_read = |it| match it {
        Recognised::Session(..) => true,
        Recognised::Code(code) => !matches!(code, Code::Text(_)),
        Recognised::Other => false,
    };
    name.ends_with("-meta.xml") || recognise_in_source(name).is_some_and(|(it, _)| is_read(it))
}

/// Makes the folder for results, unless it exists.
pub(super) fn folder(environment: &Environment<'_>, folder: &Path) -> Result<(), Failure> {
    let failed = |error: io::Error| match error.kind() {
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            Failure::Usage(format!("{}: is not a folder", folder.display()))
        }
        _ => Failure::Unreadable(format!("{}: cannot be made ({error})", folder.display())),
    };
    std::fs::create_dir_all(environment.current.join(folder)).map_err(failed)
}

/// Makes a new file, whole or not at all: half of one would block the next attempt.
pub(super) fn create(path: &Path, text: &str) -> io::Result<()> {
    let mut temporary = beside(path, path)?;
    let mut sink = Gate::new(temporary.as_file_mut());
    sink.write_all(text.as_bytes())?;
    sink.finish()?;
    drop(sink);
    temporary.persist_noclobber(path).map(drop).map_err(|error| error.error)
}

/// A file in the folder of `path`, which gets that name when it is complete. `typed` is the path as the user knows it.
fn beside(path: &Path, typed: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut temporary = tempfile::Builder::new();
    temporary.prefix(".sessionlint-");
    // Permissions of an ordinary new file, by the user's mask, not the 0600 of temporary files.
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        temporary.permissions(std::fs::Permissions::from_mode(0o666));
    }
    let here = Path::new(".");
    let folder = path.parent().unwrap_or(here);
    temporary.tempfile_in(folder).map_err(|error| {
        let shown = typed.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(here).display();
        // The error names the path of a file that never existed, so that only its kind is reported.
        let kind = error.kind();
        let is_missing = matches!(kind, io::ErrorKind::NotFound | io::ErrorKind::NotADirectory);
        let text = match (is_missing, folder.exists()) {
            (true, true) => format!("{shown} is not a folder"),
            (true, false) => format!("the folder {shown} does not exist"),
            (false, _) => format!("the folder {shown} takes no new file: {kind}"),
        };
        io::Error::new(kind, text)
    })
}
