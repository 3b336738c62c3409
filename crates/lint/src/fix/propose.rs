//! Turns remedies into edits: finds the elements of a remedy in the files.
//!
//! May assume that the places of a remedy come from the project's own documents. Refuses to guess: there is no fix for
//! a file that is not UTF-8, for a value with a comment in it, or for twins that differ.

use std::collections::HashMap;

use rayon::prelude::*;

use crate::diagnostic::{Change, Diagnostic, Edit, Fix, Remedy, RemedyStep};
use sessionlint_project::metadata::{Component, Project, kind};
use sessionlint_source::budget::Lease;
use sessionlint_source::{Encoding, FileId, KEEP_BYTES, Place, Source, secrets};
use sessionlint_xml::edit::{self, Splice};
use sessionlint_xml::{Document, Keep, NodeId, ParseOutcome, parse_within};

/// Sets the fix of each finding with a remedy, if possible.
///
/// Findings of the same files are handled together, one file set after the other: the complete trees of all files would
/// take more memory than everything else.
pub fn propose(project: &Project, findings: &mut [Diagnostic]) {
    let components: HashMap<FileId, &Component> = project.components.iter().map(|it| (it.file, it)).collect();
    let mut open: Vec<(Vec<FileId>, &mut Diagnostic)> =
        findings.iter_mut().filter_map(|finding| Some((files_of(finding.remedy.as_ref()?), finding))).collect();
    open.sort_by(|(left, _), (right, _)| left.cmp(right));
    let propose = |same_files: &mut [(Vec<FileId>, &mut Diagnostic)]| {
        let mut documents = Documents { project, components: &components, read: HashMap::new(), is_refused: false };
        for (files, finding) in same_files {
            finding.fix = finding.remedy.as_ref().and_then(|remedy| documents.fix(remedy, files));
        }
        documents.is_refused
    };
    let groups: Vec<_> = open.chunk_by_mut(|(left, _), (right, _)| left == right).collect();
    let groups = groups.into_par_iter().with_max_len(1);
    let refused: Vec<_> = groups.filter_map(|group| propose(group).then_some(group)).collect();
    // A finding that did not fit in memory beside others is tried again alone.
    for group in refused {
        propose(group);
    }
}

/// The files of a remedy, each once, in order.
fn files_of(remedy: &Remedy) -> Vec<FileId> {
    let mut files: Vec<FileId> = remedy.steps.iter().map(|step| step.place.file).collect();
    files.sort_unstable();
    files.dedup();
    files
}

/// The trees of the files of one remedy, reused if the next remedy needs them.
struct Documents<'p> {
    project: &'p Project,
    components: &'p HashMap<FileId, &'p Component>,
    read: HashMap<FileId, Option<LoadedTree<'p>>>,
    /// Whether a tree did not fit in memory.
    is_refused: bool,
}

/// The tree of a file.
enum LoadedTree<'p> {
    /// The elements that rules use.
    Seen(&'p Document),
    /// All elements, with their memory.
    Whole(Document, #[expect(dead_code, reason = "it is held")] Lease),
}

impl LoadedTree<'_> {
    fn document(&self) -> &Document {
        match self {
            LoadedTree::Seen(document) => document,
            LoadedTree::Whole(document, _) => document,
        }
    }
}

/// The element of a step, or where it belongs.
enum Target<'s> {
    There(NodeId),
    /// Below this element, at the rest of the path.
    Missing(NodeId, Vec<&'s str>),
}

impl<'p> Documents<'p> {
    fn fix(&mut self, remedy: &Remedy, files: &[FileId]) -> Option<Fix> {
        let twin_of = |file: &FileId| self.components.get(file).and_then(|it| it.twin);
        let files: Vec<(FileId, Option<FileId>)> = files.iter().map(|file| (*file, twin_of(file))).collect();
        self.read.retain(|read, _| files.iter().any(|(file, twin)| file == read || twin.as_ref() == Some(read)));
        let mut edits = Vec::new();
        let mut titles = Vec::new();
        for (file, twin) in files {
            let steps: Vec<&RemedyStep> = remedy.steps.iter().filter(|step| step.place.file == file).collect();
            let is_whole = twin.is_some() || !self.are_there(file, &steps);
            self.read(file, is_whole);
            if let Some(twin) = twin {
                self.read(twin, is_whole);
            }
            let document = self.read.get(&file)?.as_ref()?.document();
            edits.extend(self.edits(document, file, document, &steps, Some(&mut titles))?);
            if let Some(twin) = twin {
                let other = self.read.get(&twin)?.as_ref()?.document();
                if !other.same_content(document) {
                    return None;
                }
                edits.extend(self.edits(document, twin, other, &steps, None)?);
            }
        }
        // A text that a deployment replaces must be changed at its source.
        let is_replaced = |place: Place| self.project.replaced.touches(place);
        if edits.is_empty()
            || edits
                .iter()
                .map(|edit: &Edit| edit.place)
                .chain(remedy.steps.iter().map(|step| step.place))
                .any(is_replaced)
        {
            return None;
        }
        edits.sort_by_key(|edit: &Edit| edit.place);
        let title = remedy.title.clone().unwrap_or_else(|| in_a_sentence(&titles));
        Some(Fix { title, safety: remedy.safety, loosens: remedy.loosens.clone(), edits })
    }

    /// Whether all elements of the steps are elements that rules use, below the root. Such elements are kept whole, so
    /// that the tree for rules is enough to change or remove them; the place of a new element depends on its
    /// neighbours.
    fn are_there(&self, file: FileId, steps: &[&RemedyStep]) -> bool {
        let Some(component) = self.components.get(&file) else { return false };
        let document = &component.document;
        let is_there =
            |step: &&RemedyStep| matches!(locate(document, step), Some(Target::There(node)) if node != document.root());
        steps.iter().all(is_there)
    }

    /// Loads the tree of a file, with all elements if `is_whole`, unless it is loaded.
    fn read(&mut self, file: FileId, is_whole: bool) {
        let is_enough = |tree: &Option<LoadedTree<'p>>| !is_whole || !matches!(tree, Some(LoadedTree::Seen(_)));
        if !self.read.get(&file).is_some_and(is_enough) {
            let tree = self.tree(file, is_whole);
            self.read.insert(file, tree);
        }
    }

    /// The tree of a file; `None` if it may not be edited, has changed since it was read, or does not fit in memory.
    fn tree(&mut self, file: FileId, is_whole: bool) -> Option<LoadedTree<'p>> {
        let mut lease = Lease::of(&self.project.inputs.budget);
        let source = self.project.sources.get(file);
        let Encoding::Utf8 { .. } = source.encoding else { return None };
        let text = source.text();
        let component = self.components.get(&file).copied();
        if let Some(component) = component.filter(|_| text.len() > KEEP_BYTES) {
            // The text was read again: it must still have the elements that the rules used.
            let mut reading = lease.beside();
            let again = self.parsed(text, kind::kind(component.kind).keep(), &mut reading)?;
            let stands_still = again.nodes().all(|node| again.element(node) == component.document.element(node));
            if !again.same_content(&component.document) || !stands_still {
                return None;
            }
        }
        if let Some(component) = component.filter(|_| !is_whole) {
            return Some(LoadedTree::Seen(&component.document));
        }
        let document = self.parsed(text, Keep::All, &mut lease)?;
        Some(LoadedTree::Whole(document, lease))
    }

    fn parsed(&mut self, text: &str, keep: Keep, lease: &mut Lease) -> Option<Document> {
        match parse_within(text, keep, lease) {
            ParseOutcome::Tree(document) => Some(document),
            ParseOutcome::Malformed(_) => None,
            ParseOutcome::OutOfMemory => {
                self.is_refused = true;
                None
            }
        }
    }

    /// The edits of `file`, whose tree is `document`; elements are looked up in `looked_up`, which is the same tree or
    /// that of its twin. `titles` collects the title of each step.
    fn edits(
        &self,
        looked_up: &Document,
        file: FileId,
        document: &Document,
        steps: &[&RemedyStep],
        mut titles: Option<&mut Vec<String>>,
    ) -> Option<Vec<Edit>> {
        let source = self.project.sources.get(file);
        let text = source.text();
        let mut splices = Vec::new();
        let mut removed = Vec::new();
        for step in steps {
            let target = locate(looked_up, step)?;
            if let Some(titles) = titles.as_deref_mut() {
                titles.extend(title(source, looked_up, &target, &step.change));
            }
            match (&step.change, target) {
                (Change::Write(value), Target::There(node)) if document.text(node) == value => {}
                (Change::Write(value), Target::There(node)) => {
                    splices.push(edit::set(text, document, node, value)?);
                }
                (Change::Write(value), Target::Missing(parent, path)) => {
                    splices.push(edit::insert(text, document, parent, &path, value)?);
                }
                (Change::Remove, Target::There(node)) => removed.push(node),
                // A missing element needs no removal.
                (Change::Remove, Target::Missing(..)) => {}
            }
        }
        splices.extend(edit::remove(text, document, &removed));
        let splices = in_order(splices)?;
        Some(splices.into_iter().map(|it| Edit { place: Place { file, span: it.span }, text: it.text }).collect())
    }
}

/// Finds the element of a step, or the ancestor below which it is missing.
fn locate<'s>(document: &Document, step: &'s RemedyStep) -> Option<Target<'s>> {
    let node = document.opened_last_before(step.place.span.start)?;
    if document.mark(node) != step.place.span {
        return None;
    }
    let path: Vec<&str> = step.element.split('.').filter(|name| !name.is_empty()).collect();
    let name = document.name(node);
    if path.last().is_none_or(|last| *last == name) {
        return Some(Target::There(node));
    }
    // The path begins with this element if it names it, else below it.
    let below = path.iter().rposition(|part| *part == name).map_or(0, |at| at + 1);
    Some(Target::Missing(node, path[below..].to_vec()))
}

/// The splices in order, with insertions at one place joined; `None` if two overlap.
fn in_order(mut splices: Vec<Splice>) -> Option<Vec<Splice>> {
    splices.sort_by_key(|splice| splice.span);
    let mut ordered: Vec<Splice> = Vec::new();
    for splice in splices {
        match ordered.last_mut() {
            Some(last) if last.span == splice.span && splice.span.is_empty() => last.text.push_str(&splice.text),
            Some(last) if last.span.end > splice.span.start => return None,
            _ => ordered.push(splice),
        }
    }
    Some(ordered)
}

/// The title of a step, without secrets; `None` if the step changes nothing.
fn title(source: &Source, document: &Document, target: &Target<'_>, change: &Change) -> Option<String> {
    match (change, target) {
        (Change::Write(value), Target::There(node)) if document.text(*node) == value => None,
        (Change::Write(value), Target::There(node)) if value.is_empty() => {
            Some(format!("empty <{}>", document.name(*node)))
        }
        (Change::Write(value), Target::There(node)) => Some(match document.value(*node) {
            None => format!("write {value} into <{}>", document.name(*node)),
            Some(old) => {
                let name = document.name(*node);
                // For a value that is certainly not a secret, the whole file need not be searched.
                let is_open = secrets::is_open_value(name, source.slice(old));
                let old = if is_open {
                    source.slice(old).to_owned()
                } else {
                    source.find_secrets();
                    source.masked(old)
                };
                format!("change <{name}> from {old} to {value}")
            }
        }),
        (Change::Write(value), Target::Missing(_, path)) => {
            Some(format!("add <{}> with {value}", path.last().copied().unwrap_or_default()))
        }
        (Change::Remove, Target::There(node)) => Some(format!("remove <{}>", document.name(*node))),
        (Change::Remove, Target::Missing(..)) => None,
    }
}

/// `Remove <a>, remove <b> and change <c> from 1 to 2`.
fn in_a_sentence(titles: &[String]) -> String {
    let joined = match titles.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        Some((last, _)) => last.clone(),
        None => String::new(),
    };
    let mut chars = joined.chars();
    chars.next().map(|first| first.to_uppercase().chain(chars).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::diagnostic::Safety;
    use sessionlint_project::discover::Root;
    use sessionlint_project::load::load;
    use sessionlint_project::metadata::Inputs;

    const FILE: &str = "force-app/profiles/Sales.profile-meta.xml";

    /// A profile of more than 64 KB, nearly all of it elements that no rule reads.
    fn profile(indentation: &str) -> String {
        let field = "    <fieldPermissions>\n        <editable>false</editable>\n        <field>Crate__c.Weight__c</field>\n    \
                     </fieldPermissions>\n";
        let text = format!(
            "<Profile xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n{indentation}<custom>true</custom>\n{}    \
             <userLicense>Salesforce</userLicense>\n</Profile>\n",
            field.repeat(600)
        );
        assert!(text.len() > KEEP_BYTES);
        text
    }

    fn loaded(folder: &Path, text: &str) -> Project {
        let file = folder.join(FILE);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(folder.join("sfdx-project.json"), "{\"packageDirectories\":[{\"path\":\"force-app\"}]}").unwrap();
        fs::write(file, text).unwrap();
        load(&Root::open(folder), Inputs::on(jiff::civil::date(2026, 12, 1))).project
    }

    /// The fix that writes into the element `custom` of the profile, or into one that is missing.
    fn fix(project: &Project, element: &str) -> Option<Fix> {
        let component = project.components.iter().find(|it| it.name == "Sales").unwrap();
        let document = &component.document;
        let named = |node: &NodeId| document.name(*node) == element;
        let node = document.nodes().find(named).unwrap_or_else(|| document.root());
        let place = Place { file: component.file, span: document.mark(node) };
        let step = RemedyStep { place, element: element.to_owned(), change: Change::Write("false".to_owned()) };
        let remedy = Remedy { title: None, safety: Safety::Safe, loosens: String::new(), steps: vec![step] };
        let components = HashMap::from([(component.file, component)]);
        let mut documents = Documents { project, components: &components, read: HashMap::new(), is_refused: false };
        documents.fix(&remedy, &files_of(&remedy))
    }

    #[test]
    fn an_element_is_added_beside_siblings_that_no_rule_reads() {
        let folder = tempfile::tempdir().unwrap();
        let text = profile("    ");
        let project = loaded(folder.path(), &text);
        let edits = fix(&project, "description").unwrap().edits;
        let [edit] = edits.as_slice() else { panic!("{edits:?}") };
        assert!(edit.text.contains("<description>false</description>"), "{edit:?}");
        // Salesforce writes elements in the order of their names.
        let (before, behind) = text.split_at(edit.place.span.start as usize);
        assert!(before.trim_end().ends_with("</custom>"), "{edit:?}");
        assert!(behind.trim_start().starts_with("<fieldPermissions>"), "{edit:?}");
    }

    #[test]
    fn a_large_file_that_changed_since_it_was_read_has_no_fix() {
        let folder = tempfile::tempdir().unwrap();
        let text = profile("    ");
        let project = loaded(folder.path(), &text);
        let edits = fix(&project, "custom").unwrap().edits;
        let value = text.find("true").unwrap();
        let [edit] = edits.as_slice() else { panic!("{edits:?}") };
        assert_eq!(edit.place.span.range(), value..value + 4);
        // Each has the length of the former text: one with an element elsewhere, one with another value.
        let moved = format!("{}  ", profile("  "));
        for now in [moved, text.replace("true", "null")] {
            assert_eq!(now.len(), text.len());
            let project = loaded(folder.path(), &text);
            fs::write(folder.path().join(FILE), now).unwrap();
            assert_eq!(fix(&project, "custom"), None);
        }
    }
}
