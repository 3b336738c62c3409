//! Components and the project that they form, as written in the files.
//!
//! May assume that the document of a component is well-formed and has the root element of its kind; any other file is a
//! [`Problem`]. Refuses to know rules, defaults, and meanings across files: the crate `facts` does.

mod egress;
pub mod kind;
pub mod managed;
mod suffixes;

use std::sync::Arc;

use serde::Serialize;

use crate::cache::Cache;
use crate::forceignore::DeadReason;
use crate::replace::Replacements;
use kind::{KindId, Part};
use sessionlint_apex::{Code, TextKind, Unit};
use sessionlint_source::budget::{Budget, Lease};
use sessionlint_source::{FileId, Place, Sources, Span};
use sessionlint_xml::{Document, NodeId};

pub use egress::Egress;

/// A metadata component: a file that was parsed.
#[derive(Debug)]
pub struct Component {
    /// Its metadata type.
    pub kind: KindId,
    /// Its fullName as in a manifest: the stem of the file, not decoded.
    pub name: String,
    /// Its file.
    pub file: FileId,
    /// The content of the file.
    pub document: Arc<Document>,
    /// Index of its package directory.
    pub package: usize,
    /// The file beside it without `-meta.xml` that has the same content.
    pub twin: Option<FileId>,
    /// The part of a decomposed component that the file holds. The other parts have the same name.
    pub part: Option<&'static Part>,
}

impl Component {
    /// The first element at `path` (`a.b.c`, below the root).
    pub fn node(&self, path: &str) -> Option<NodeId> {
        self.document.path(self.document.root(), path)
    }

    /// The text at `path`; `None` if the element is absent, nil, empty or has child elements.
    pub fn text(&self, path: &str) -> Option<&str> {
        let node = self.node(path)?;
        text_of(&self.document, node)
    }

    /// The text at `path` as [`Component::text`], but an empty element that is not nil gives an empty text. That is a
    /// value too, though seldom a valid one.
    pub fn written(&self, path: &str) -> Option<&str> {
        let node = self.node(path)?;
        let has_value = self.document.is_leaf(node) && !self.document.is_nil(node);
        has_value.then(|| self.document.text(node))
    }

    /// The place of a finding about `path`: the value; the opening tag of an element without value; or the opening tag
    /// of the nearest existing ancestor.
    pub fn place(&self, path: &str) -> Place {
        place_below(self.file, &self.document, self.document.root(), path)
    }

    /// The opening tag of the root.
    pub fn root_place(&self) -> Place {
        Place { file: self.file, span: self.document.open_tag(self.document.root()) }
    }
}

/// The text of a leaf; `None` if it is nil, empty or not a leaf.
pub fn text_of(document: &Document, node: NodeId) -> Option<&str> {
    if document.is_nil(node) {
        return None;
    }
    Some(document.text(node)).filter(|text| !text.is_empty())
}

/// The place of a finding about `path` below `node`; see [`Component::place`].
pub fn place_below(file: FileId, document: &Document, node: NodeId, path: &str) -> Place {
    find_below(file, document, node, path).1
}

/// The element at `path` below `node`, and the place of a finding about it.
pub fn find_below(file: FileId, document: &Document, node: NodeId, path: &str) -> (Option<NodeId>, Place) {
    let mut at = node;
    for name in path.split('.') {
        match document.child(at, name) {
            Some(child) => at = child,
            None => return (None, Place { file, span: document.open_tag(at) }),
        }
    }
    (Some(at), Place { file, span: document.mark(at) })
}

/// Why a file could not be parsed. One per broken file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ProblemKind {
    /// Nothing but whitespace.
    EmptyFile,
    /// An unknown encoding, or bytes that do not decode.
    UnsupportedEncoding,
    /// Conflict markers of a merge.
    MergeConflict,
    /// Well-formed, but the root element is another type's.
    WrongRootElement,
    /// Not well-formed XML.
    NotWellFormed,
}

impl ProblemKind {
    /// The id of the rule that reports it, without its group.
    pub fn id(self) -> &'static str {
        match self {
            ProblemKind::EmptyFile => "empty-file",
            ProblemKind::UnsupportedEncoding => "unsupported-encoding",
            ProblemKind::MergeConflict => "merge-conflict",
            ProblemKind::WrongRootElement => "wrong-root-element",
            ProblemKind::NotWellFormed => "not-well-formed",
        }
    }
}

/// A file that could not be parsed.
#[derive(Clone, Debug)]
pub struct Problem {
    /// What is wrong with it.
    pub kind: ProblemKind,
    /// The message: lower-case, without a final dot.
    pub text: String,
    /// Its place.
    pub place: Place,
    /// The type that its name stands for.
    pub promised: &'static str,
    /// Its stem.
    pub name: String,
}

/// Which level of the session hierarchy wins if two disagree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precedence {
    /// Salesforce's documentation: app, else profile, else org.
    #[default]
    Documented,
    /// Common advice: the shortest wins.
    Shortest,
}

/// How much of a project's Apex is read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CodeReading {
    /// None.
    Nothing,
    /// Files that may concern sessions, by their words and their callers.
    #[default]
    Relevant,
    /// All files; gives the same findings and takes longer.
    Everything,
}

/// The metadata that is searched for a few words only. Types that no rule needs are not opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Texts {
    /// Buttons, links, tabs and objects of the Metadata API's layout.
    pub links: bool,
    /// Fields and flows, which most files of a large project are.
    pub fields: bool,
    /// Labels and records of custom metadata.
    pub records: bool,
}

impl Texts {
    /// All of it.
    pub const ALL: Self = Self { links: true, fields: true, records: true };

    /// Whether files of a kind are read.
    pub fn wants(self, kind: TextKind) -> bool {
        match kind {
            TextKind::Link | TextKind::HomeLink | TextKind::Tab => self.links,
            TextKind::Object => self.links || self.fields,
            TextKind::Field | TextKind::Flow => self.fields,
            TextKind::Labels | TextKind::Record => self.records,
        }
    }
}

/// Inputs of a run that are not in the files of the project.
#[derive(Clone, Debug)]
pub struct Inputs {
    /// The day as of which dates are judged.
    pub as_of: jiff::civil::Date,
    /// Globs for apps that are integrations (`!` excludes), from the configuration.
    pub integration_apps: Vec<String>,
    /// Globs for profiles that belong to integrations, from the configuration.
    pub integration_profiles: Vec<String>,
    /// The addresses that integrations call from, from the configuration.
    pub egress: Vec<Egress>,
    /// Which level of the session hierarchy wins.
    pub precedence: Precedence,
    /// How much of its Apex is read.
    pub code: CodeReading,
    /// Whether its Aura applications are read.
    pub reads_aura: bool,
    /// The metadata that is read for a few words.
    pub texts: Texts,
    /// The memory budget.
    pub budget: Arc<Budget>,
    /// The cache on disk.
    pub cache: Option<Arc<Cache>>,
}

impl Inputs {
    /// The inputs of a run without configuration.
    pub fn on(as_of: jiff::civil::Date) -> Self {
        Self {
            as_of,
            integration_apps: Vec::new(),
            integration_profiles: Vec::new(),
            egress: Vec::new(),
            precedence: Precedence::default(),
            code: CodeReading::default(),
            reads_aura: true,
            texts: Texts::ALL,
            budget: Arc::default(),
            cache: None,
        }
    }
}

/// Everything that was read from one root.
#[derive(Debug)]
pub struct Project {
    /// The root as shown to users and tools.
    pub root: String,
    /// The files, in order.
    pub sources: Sources,
    /// Components in the order of their files, twins left out.
    pub components: Vec<Component>,
    /// Apex, Visualforce and Aura applications that were read, in the order of the files. They count as other metadata.
    pub units: Vec<Unit>,
    /// The number of files of code that were scanned.
    pub code: CodeCounts,
    /// Broken files, in the order of the files.
    pub problems: Vec<Problem>,
    /// Kinds of files that could not be read at all.
    pub unread: Vec<KindId>,
    /// Whether memory was used up and files were left out. Then no component is known to be absent.
    pub is_cut: bool,
    /// The memory of all of it.
    pub lease: Lease,
    /// Files of session metadata that `.forceignore` hides.
    pub hidden: Vec<String>,
    /// The lines of `.forceignore` that hide them.
    pub hidden_by: Vec<HiddenFile>,
    /// Lines of `.forceignore` that hide nothing as written.
    pub dead_patterns: Vec<DeadPattern>,
    /// The number of sources without metadata, `.forceignore` files and the project file, which come last.
    pub ignore_files: usize,
    /// The text that a deployment replaces.
    pub replaced: Replacements,
    /// Files of session metadata outside every package directory.
    pub outside: Vec<String>,
    /// The number of metadata files of kinds without relevance for sessions.
    pub other: usize,
    /// Whether it has a project file, and so is in source format.
    pub has_project_file: bool,
    /// The project's own namespace, if its project file names one.
    pub namespace: Option<String>,
    /// The API version of the project, without its minor part; `None` if no file states it.
    pub api_version: Option<i64>,
    /// Inputs from outside the files.
    pub inputs: Inputs,
}

/// The number of scanned files of code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CodeCounts {
    /// Apex classes.
    pub classes: usize,
    /// Apex triggers.
    pub triggers: usize,
    /// Visualforce pages.
    pub pages: usize,
    /// Visualforce components.
    pub components: usize,
    /// Aura applications.
    pub aura_apps: usize,
    /// Other metadata, scanned for a few words.
    #[serde(skip)]
    pub texts: usize,
}

impl CodeCounts {
    /// Counts files by their sort of code.
    pub fn of(codes: impl Iterator<Item = Code>) -> Self {
        let mut read = Self::default();
        for code in codes {
            match code {
                Code::Class => read.classes += 1,
                Code::Trigger => read.triggers += 1,
                Code::Page => read.pages += 1,
                Code::Component => read.components += 1,
                Code::AuraApp => read.aura_apps += 1,
                Code::Text(_) => read.texts += 1,
            }
        }
        read
    }

    /// The number of Apex files: classes and triggers.
    pub fn apex(self) -> usize {
        self.classes + self.triggers
    }
}

/// A file that a line of `.forceignore` hides.
#[derive(Clone, Debug)]
pub struct HiddenFile {
    /// The path of the file, below the root.
    pub path: String,
    /// The line as written.
    pub pattern: String,
    /// The place of the line.
    pub place: Place,
}

/// A line of `.forceignore` that hides nothing as written.
#[derive(Clone, Debug)]
pub struct DeadPattern {
    /// The line as written.
    pub pattern: String,
    /// Why it hides nothing.
    pub why: DeadReason,
    /// The place of the line.
    pub place: Place,
}

impl Project {
    /// The number of files of session metadata that were read, without code.
    pub fn file_count(&self) -> usize {
        // `.forceignore` files and the project file are sources too if a finding may mark their lines.
        self.sources.len() - self.units.len() - self.ignore_files
    }

    /// The number of components, without parts.
    pub fn component_count(&self) -> usize {
        self.components.iter().filter(|component| component.part.is_none()).count()
    }

    /// The files of a component: its own, and the parts of the same name if it is decomposed.
    pub fn parts<'p>(&'p self, component: &'p Component) -> impl Iterator<Item = &'p Component> {
        let is_other = move |it: &&Component| {
            let is_part = it.part.is_some() || component.part.is_some();
            is_part && it.kind == component.kind && it.name == component.name && it.file != component.file
        };
        std::iter::once(component).chain(self.components.iter().filter(is_other))
    }

    /// The components of one kind, in order, without parts.
    pub fn wholes(&self, kind: KindId) -> impl Iterator<Item = (u32, &Component)> {
        self.of_kind(kind).filter(|(_, component)| component.part.is_none())
    }

    /// The components of one kind, in order.
    pub fn of_kind(&self, kind: KindId) -> impl Iterator<Item = (u32, &Component)> {
        // A kind has a few hundred components at most, so that an index is not worth it.
        (0u32..).zip(&self.components).filter(move |(_, component)| component.kind == kind)
    }

    /// The components of the kind called `name`.
    pub fn of_type(&self, name: &str) -> impl Iterator<Item = (u32, &Component)> {
        let kind = kind::by_name(name);
        (0u32..).zip(&self.components).filter(move |(_, component)| Some(component.kind) == kind)
    }

    /// Whether a file of the kind called `name` is broken or could not be read.
    pub fn is_broken(&self, name: &str) -> bool {
        let kind = kind::by_name(name);
        self.is_cut
            || self.problems.iter().any(|problem| problem.promised == name)
            || self.unread.iter().any(|unread| Some(*unread) == kind)
    }
}

/// An empty span at the start of a file.
pub const FILE_START: Span = Span { start: 0, end: 0 };
