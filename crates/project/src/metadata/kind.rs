//! The metadata types that are read: their file names and their elements.
//!
//! Assumes nothing about a file name. An element that is not listed is not an error; it has no column. Refuses to open
//! a file, and to know values, defaults and meanings.

#[path = "kinds/mod.rs"]
mod kinds;

use std::collections::HashMap;
use std::sync::LazyLock;

use super::suffixes;
use sessionlint_apex::{Code, TextKind};
use sessionlint_xml::Keep;

/// The content of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldType {
    /// A leaf with any text.
    Text,
    /// A leaf with `true` or `false`.
    Bool,
    /// A leaf with a whole number.
    Int,
    /// A leaf with a calendar date and nothing else.
    Date,
    /// A leaf that may occur several times: one column with all of its texts.
    List,
    /// An element with elements that occurs at most once: true if present, null if absent. Its elements are fields
    /// themselves, with longer paths.
    Group,
    /// An element with elements that may occur several times: a child table `Kind.path`. The paths of its fields start
    /// below the element.
    Rows(&'static [Field]),
    /// An element of another type that is often written here: kept to report it, without a column.
    Stray,
}

/// An element of a kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// The path below the root, or below the row of a child table: `sessionSettings.sessionTimeout`.
    pub path: &'static str,
    /// What it holds.
    pub ty: FieldType,
}

/// The content of a file without `-meta.xml`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainFile {
    /// The same document as one with it.
    Document,
    /// The described content itself, such as a certificate in PEM.
    Content,
}

/// How much of a document is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptElements {
    /// All of it.
    All,
    /// The listed elements only: documents of the kind are large.
    Listed,
}

/// A metadata type that is read.
pub struct Kind {
    /// Name of the type, which is the root element of its documents.
    pub name: &'static str,
    /// The folder that Salesforce's tooling uses; files elsewhere are recognised too.
    pub folder: &'static str,
    /// The suffix of its file names, before `-meta.xml`.
    pub suffix: &'static str,
    /// The only stem that its file can have, for settings, which share one suffix.
    pub file: Option<&'static str>,
    /// The content of a file without `-meta.xml`.
    pub plain: PlainFile,
    /// Which elements of a document the parser keeps.
    pub keeps: KeptElements,
    /// Its elements in alphabetical order, a container before its content.
    pub fields: &'static [Field],
}

impl Kind {
    /// A kind that keeps all elements, whose files are all documents, without fields so far.
    const fn new(name: &'static str, folder: &'static str, suffix: &'static str) -> Self {
        Self { name, folder, suffix, file: None, plain: PlainFile::Document, keeps: KeptElements::All, fields: &[] }
    }

    /// Settings of the org, with one file called `stem`.
    const fn settings(name: &'static str, stem: &'static str) -> Self {
        Self { file: Some(stem), ..Self::new(name, "settings", "settings") }
    }

    /// The elements below the root that the parser keeps.
    pub fn keep(&self) -> Keep {
        static LISTED: LazyLock<HashMap<&str, Vec<&str>>> = LazyLock::new(|| {
            let top = |field: &'static Field| field.path.split('.').next();
            KINDS.iter().map(|kind| (kind.name, kind.fields.iter().filter_map(top).collect())).collect()
        });
        match self.keeps {
            KeptElements::All => Keep::All,
            KeptElements::Listed => LISTED.get(self.name).map_or(Keep::All, |names| Keep::Only(names)),
        }
    }
}

/// The suffixes of Salesforce's other metadata, in lower case and sorted.
pub fn other_suffixes() -> &'static [&'static str] {
    &suffixes::SUFFIXES
}

/// Whether a file of `kind` may hold another type with the same suffix, whose root element is `root`.
///
/// Marketing Cloud's `DataSource` has the suffix of `ExternalDataSource`.
pub(crate) fn shares_suffix(kind: &Kind, root: &str) -> bool {
    (kind.name, root) == ("ExternalDataSource", "DataSource")
}

/// A kind, as an index into [`KINDS`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KindId(u8);

/// All kinds, in the order in which they are shown.
pub static KINDS: &[Kind] = kinds::ALL;

/// The kind with this id.
pub fn kind(id: KindId) -> &'static Kind {
    &KINDS[usize::from(id.0)]
}

/// All kinds with their ids, in order.
pub fn all() -> impl Iterator<Item = (KindId, &'static Kind)> {
    (0u8..).map(KindId).zip(KINDS)
}

/// The kind of the type `name`, case-insensitive as in SOQL.
pub fn by_name(name: &str) -> Option<KindId> {
    find(|kind| kind.name.eq_ignore_ascii_case(name))
}

fn find(is_it: impl Fn(&Kind) -> bool) -> Option<KindId> {
    all().find(|(_, kind)| is_it(kind)).map(|(id, _)| id)
}

/// The content of a file, recognised by its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recognised {
    /// Metadata of a kind that is read.
    Session(KindId, Layout),
    /// Apex or Visualforce, which may use session ids.
    Code(Code),
    /// Other Salesforce metadata.
    Other,
}

/// The naming scheme of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `X.suffix-meta.xml`, as in source format.
    Source,
    /// `X.suffix`, as in the Metadata API.
    Metadata,
}

/// The content and the stem of a file name (without folders); `None` if it is not a name of metadata.
///
/// Case is ignored, since some file systems ignore it.
pub fn recognise(file_name: &str) -> Option<(Recognised, &str)> {
    let (plain_name, layout) = match strip_meta_ending(file_name) {
        Some(plain_name) => (plain_name, Layout::Source),
        None => (file_name, Layout::Metadata),
    };
    let (stem, suffix) = plain_name.rsplit_once('.')?;
    if stem.is_empty() {
        // A hidden file such as `.profile`, which belongs to a shell.
        return None;
    }
    if let Some(id) = find(|kind| is_named(kind, stem, suffix, layout)) {
        return Some((Recognised::Session(id, layout), stem));
    }
    if let Some(part) = part_of_suffix(suffix).filter(|_| layout == Layout::Source)
        && let Some(id) = by_name(part.kind)
    {
        return Some((Recognised::Session(id, layout), stem));
    }
    if let Some(code) = Code::of_suffix(suffix).filter(|_| layout == Layout::Metadata) {
        return Some((Recognised::Code(code), stem));
    }
    if let Some(text) = TextKind::of_suffix(suffix).filter(|text| is_text(*text, stem, layout)) {
        return Some((Recognised::Code(Code::Text(text)), stem));
    }
    let is_metadata = match layout {
        Layout::Source => is_word(suffix),
        Layout::Metadata => suffixes::is_known(suffix),
    };
    is_metadata.then_some((Recognised::Other, stem))
}

/// The same for a file whose name goes on after `-meta.xml`, such as `X.profile-meta.xml.orig`: Salesforce's tools take
/// it for the component (@salesforce/source-deploy-retrieve 13.7.0, `lib/src/utils/path.js`). The third value is what
/// follows. Whole components of kinds that are read; no hidden file, which an editor keeps while another is open.
pub fn recognise_backup(file_name: &str) -> Option<(Recognised, &str, &str)> {
    let end = file_name.rfind(META_ENDING)? + META_ENDING.len();
    let (name, ending) = file_name.split_at(end);
    if ending.is_empty() || name.starts_with('.') || part(name).is_some() {
        return None;
    }
    let (recognised, stem) = recognise(name)?;
    matches!(recognised, Recognised::Session(..)).then_some((recognised, stem, ending))
}

/// What Salesforce's tools take a file of a source-format project for, by its name: backups count.
pub fn recognise_in_source(file_name: &str) -> Option<(Recognised, &str)> {
    let backup = || recognise_backup(file_name).map(|(recognised, stem, _)| (recognised, stem));
    recognise(file_name).or_else(backup)
}

/// A file with a part of a component, in decomposed source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// The type of the component.
    pub kind: &'static str,
    /// The suffix of its file names, before `-meta.xml`.
    pub suffix: &'static str,
    /// The root element of its file.
    pub root: &'static str,
    /// The element of the component that the root stands for, if the roots differ.
    pub element: Option<&'static str>,
}

/// The parts with relevant elements (of the presets `decomposePermissionSetBeta`, `decomposePermissionSetBeta2` and
/// `decomposeWorkflowBeta` of `@salesforce/source-deploy-retrieve` 13.7.0). Files of other parts are other metadata.
pub const PARTS: &[Part] = &[
    of_permission_set("externalCredentialPrincipalAccess"),
    of_permission_set("objectPermission"),
    of_permission_set("objectSettings"),
    of_permission_set("userPermission"),
    Part {
        kind: "Workflow",
        suffix: "workflowOutboundMessage",
        root: "WorkflowOutboundMessage",
        element: Some("outboundMessages"),
    },
];

const fn of_permission_set(suffix: &'static str) -> Part {
    Part { kind: "PermissionSet", suffix, root: "PermissionSet", element: None }
}

fn part_of_suffix(suffix: &str) -> Option<&'static Part> {
    PARTS.iter().find(|part| part.suffix.eq_ignore_ascii_case(suffix))
}

/// The part in the file at `path` (`/`-separated), and the name of the component: that of its folder in the folder of
/// its type, else the stem of the file.
pub fn part(path: &str) -> Option<(&'static Part, &str)> {
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, suffix) = strip_meta_ending(name)?.rsplit_once('.')?;
    let part = part_of_suffix(suffix)?;
    let folder = kind(by_name(part.kind)?).folder;
    let mut folders = folders.rsplit('/').peekable();
    while let Some(whole) = folders.next() {
        if folders.peek().is_some_and(|above| above.eq_ignore_ascii_case(folder)) {
            return Some((part, whole));
        }
    }
    Some((part, stem))
}

/// The bundle folder and the name of the Aura application whose markup is at `path`, `/`-separated: `aura/X/X.app` in
/// both layouts.
///
/// The folders decide, since in the Metadata API `applications/X.app` is a custom application. They are case-sensitive,
/// like the folders that are skipped. A name with other characters than a bundle can have is not one.
pub fn aura_application(path: &str) -> Option<(&str, &str)> {
    let (folder, file) = path.rsplit_once('/')?;
    let (bundles, name) = folder.rsplit_once('/')?;
    let is_bundles = bundles.rsplit('/').next() == Some(AURA);
    (is_bundles && is_bundle(name) && file.strip_suffix(".app") == Some(name)).then_some((bundles, name))
}

/// Whether a folder name can be that of a bundle.
pub(crate) fn is_bundle(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The folder of Aura bundles.
pub const AURA: &str = "aura";

/// The ending of the files of source format.
const META_ENDING: &str = "-meta.xml";

fn strip_meta_ending(file_name: &str) -> Option<&str> {
    let (start, end) = file_name.split_at_checked(file_name.len().checked_sub(META_ENDING.len())?)?;
    end.eq_ignore_ascii_case(META_ENDING).then_some(start)
}

fn is_named(kind: &Kind, stem: &str, suffix: &str, layout: Layout) -> bool {
    kind.suffix.eq_ignore_ascii_case(suffix)
        && kind.file.is_none_or(|file| file.eq_ignore_ascii_case(stem))
        && (layout == Layout::Source || kind.plain == PlainFile::Document)
}

/// Whether a file with a suffix of text metadata is such metadata: `README.md` is not a record.
fn is_text(text: TextKind, stem: &str, layout: Layout) -> bool {
    match text {
        TextKind::Field => layout == Layout::Source,
        // In source format, the buttons and fields of an object have their own files.
        TextKind::Object => layout == Layout::Metadata,
        TextKind::Record => layout == Layout::Source || stem.split('.').count() == 2,
        _ => true,
    }
}

fn is_word(suffix: &str) -> bool {
    suffix.starts_with(|first: char| first.is_ascii_alphabetic())
        && suffix.chars().all(|part| part.is_ascii_alphanumeric() || part == '_')
}

// Short names, so that the elements of a kind read as a list.

const fn text(path: &'static str) -> Field {
    Field { path, ty: FieldType::Text }
}

const fn flag(path: &'static str) -> Field {
    Field { path, ty: FieldType::Bool }
}

const fn int(path: &'static str) -> Field {
    Field { path, ty: FieldType::Int }
}

const fn list(path: &'static str) -> Field {
    Field { path, ty: FieldType::List }
}

const fn group(path: &'static str) -> Field {
    Field { path, ty: FieldType::Group }
}

const fn rows(path: &'static str, fields: &'static [Field]) -> Field {
    Field { path, ty: FieldType::Rows(fields) }
}

const fn stray(path: &'static str) -> Field {
    Field { path, ty: FieldType::Stray }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    /// Every list of fields with its table name, child tables included.
    fn field_lists() -> Vec<(String, &'static [Field])> {
        let mut lists = Vec::new();
        for kind in KINDS {
            lists.push((kind.name.to_owned(), kind.fields));
            for field in kind.fields {
                if let FieldType::Rows(fields) = field.ty {
                    lists.push((format!("{}.{}", kind.name, field.path), fields));
                }
            }
        }
        lists
    }

    #[test]
    fn an_id_leads_to_its_kind() {
        for (id, kind) in all() {
            assert_eq!(by_name(kind.name), Some(id));
            assert_eq!(super::kind(id).name, kind.name);
        }
        assert_eq!(all().count(), KINDS.len());
        assert!(u8::try_from(KINDS.len()).is_ok());
        assert_eq!(by_name("PROFILE"), by_name("profile"));
        assert_eq!(by_name("Account"), None);
    }

    #[test]
    fn a_path_stands_once_whatever_its_case() {
        // Column names are case-insensitive as in SOQL, so that two paths must differ in more than case.
        for (name, fields) in field_lists() {
            let mut paths = BTreeSet::new();
            for field in fields {
                assert!(paths.insert(field.path.to_ascii_lowercase()), "{name}: {} stands twice", field.path);
            }
        }
    }

    #[test]
    fn fields_are_in_order() {
        for (name, fields) in field_lists() {
            for pair in fields.windows(2) {
                let [left, right] = [pair[0], pair[1]].map(|field| field.path.to_ascii_lowercase());
                assert!(left < right, "{name}: {right} stands after {left}");
            }
        }
    }

    #[test]
    fn what_lies_below_an_element_lies_below_a_group() {
        for (name, fields) in field_lists() {
            for field in fields {
                let Some((parent, _)) = field.path.rsplit_once('.') else { continue };
                let parent_type = fields.iter().find(|other| other.path == parent).map(|other| other.ty);
                assert_eq!(parent_type, Some(FieldType::Group), "{name}: parent of {}", field.path);
            }
        }
    }

    #[test]
    fn a_group_has_fields_and_a_child_table_has_no_table() {
        for (name, fields) in field_lists() {
            for field in fields {
                let prefix = format!("{}.", field.path);
                let has_children = fields.iter().any(|other| other.path.starts_with(&prefix));
                assert_eq!(has_children, field.ty == FieldType::Group, "{name}: {}", field.path);
                if let FieldType::Rows(fields) = field.ty {
                    let is_flat = !fields.iter().any(|field| matches!(field.ty, FieldType::Rows(_)));
                    assert!(is_flat && !fields.is_empty(), "{name}: {}", field.path);
                }
            }
        }
    }

    #[test]
    fn of_large_documents_the_listed_elements_are_kept() {
        let kept = |name: &str| kind(by_name(name).unwrap()).keep();
        assert!(kept("Profile").wants("userPermissions") && !kept("Profile").wants("fieldPermissions"));
        assert!(kept("Workflow").wants("outboundMessages") && !kept("Workflow").wants("rules"));
        assert!(kept("ConnectedApp").wants("anything"));
        assert_eq!(KINDS.iter().filter(|kind| kind.keeps == KeptElements::Listed).count(), 9);
    }

    #[test]
    fn a_file_name_leads_to_one_kind() {
        let mut names = BTreeSet::new();
        for kind in KINDS {
            assert_eq!(kind.suffix == "settings", kind.file.is_some(), "{}", kind.name);
            if let Some(file) = kind.file {
                assert_eq!(kind.name, format!("{file}Settings"));
            }
            let name = format!("{}.{}", kind.file.unwrap_or("*"), kind.suffix);
            assert!(names.insert(name.to_ascii_lowercase()), "{name} names two kinds");
        }
    }

    #[test]
    fn other_suffixes_are_not_ours() {
        for kind in KINDS {
            // A suffix of a kind is listed only if some files with it are not of that kind.
            let is_shared = kind.file.is_some() || kind.plain == PlainFile::Content;
            assert_eq!(suffixes::is_known(kind.suffix), is_shared, "{}", kind.name);
        }
    }

    /// The kind, the layout and the stem of a name: `("Profile", 's', "X")`; `m` is the layout of the Metadata API, `-`
    /// is other metadata.
    fn seen(file_name: &str) -> Option<(&'static str, char, &str)> {
        recognise(file_name).map(|(what, stem)| match what {
            Recognised::Session(id, Layout::Source) => (kind(id).name, 's', stem),
            Recognised::Session(id, Layout::Metadata) => (kind(id).name, 'm', stem),
            Recognised::Code(code) => (code.type_name(), 'c', stem),
            Recognised::Other => ("other", '-', stem),
        })
    }

    #[test]
    fn folders_distinguish_an_aura_application_from_a_custom_one() {
        assert_eq!(
            aura_application("force-app/main/default/aura/Out/Out.app"),
            Some(("force-app/main/default/aura", "Out"))
        );
        assert_eq!(aura_application("aura/lwc/lwc.app"), Some(("aura", "lwc")));
        let others = [
            "applications/Sales.app",
            "aura/Out.app",
            "Out/Out.app",
            "aura/Out/Other.app",
            "aura/Out/deep/Out.app",
            "aura/Out/Out.app-meta.xml",
            "aura/Out/Out.cmp",
            "laura/Out/Out.app",
            "aura//.app",
            "aura/a.profile/a.profile.app",
            "aura/ü/ü.app",
            "",
        ];
        for path in others {
            assert_eq!(aura_application(path), None, "{path}");
        }
    }

    #[test]
    fn a_part_is_named_by_the_folder_of_the_whole() {
        let name = |path: &str| part(path).map(|(part, name)| (part.kind, name.to_owned()));
        let set = |name: &str| Some(("PermissionSet", name.to_owned()));
        assert_eq!(name("a/permissionsets/Erp/Erp.userPermission-meta.xml"), set("Erp"));
        assert_eq!(name("a/permissionsets/Erp/objectSettings/Account.objectSettings-meta.xml"), set("Erp"));
        assert_eq!(name("a/permissionsets/Erp/userPermissions/ApiEnabled.userPermission-meta.xml"), set("Erp"));
        assert_eq!(name("loose/Erp.userPermission-meta.xml"), set("Erp"));
        let message = "workflows/Order/workflowOutboundMessages/Tell.workflowOutboundMessage-meta.xml";
        assert_eq!(name(message), Some(("Workflow", "Order".to_owned())));
        assert_eq!(name("a/permissionsets/Erp/Erp.permissionset-meta.xml"), None);
    }

    #[test]
    fn a_backup_stands_for_its_component() {
        let seen = |file_name: &'static str| match recognise_backup(file_name)? {
            (Recognised::Session(id, Layout::Source), stem, ending) => Some((kind(id).name, stem, ending)),
            other => panic!("{other:?}"),
        };
        assert_eq!(seen("Admin.profile-meta.xml.bak"), Some(("Profile", "Admin", ".bak")));
        assert_eq!(seen("Security.settings-meta.xml~"), Some(("SecuritySettings", "Security", "~")));
        assert_eq!(seen("A.profile-meta.xml-meta.xml.orig"), None, "the last ending counts");
        for other in [
            "Admin.profile-meta.xml",
            "Admin.profile.orig",
            ".Admin.profile-meta.xml.swp",
            "Admin.PROFILE-META.XML.bak",
            "Erp.userPermission-meta.xml.bak",
            "Account.settings-meta.xml.bak",
            "A.cls-meta.xml.bak",
            "-meta.xml.bak",
        ] {
            assert_eq!(seen(other), None, "{other}");
        }
    }

    #[test]
    fn file_names_are_recognised() {
        let table = [
            ("Admin.profile", Some(("Profile", 'm', "Admin"))),
            ("Admin.profile-meta.xml", Some(("Profile", 's', "Admin"))),
            ("ADMIN.PROFILE-META.XML", Some(("Profile", 's', "ADMIN"))),
            ("mBurse v%2E1 Profile.profile-meta.xml", Some(("Profile", 's', "mBurse v%2E1 Profile"))),
            ("Manager%2FDriver.profile", Some(("Profile", 'm', "Manager%2FDriver"))),
            ("システム管理者.profile", Some(("Profile", 'm', "システム管理者"))),
            (".profile", None),
            (".profile-meta.xml", None),
            ("profile", None),
            ("profile-meta.xml", None),
            ("Admin.profile-meta.xml.bak", None),
            ("Admin.profile.orig", None),
            ("a.b.connectedApp-meta.xml", Some(("ConnectedApp", 's', "a.b"))),
            ("a.b.connectedapp", Some(("ConnectedApp", 'm', "a.b"))),
            (
                "null_profileSessionSetting1427070100370.profileSessionSetting",
                Some(("ProfileSessionSetting", 'm', "null_profileSessionSetting1427070100370")),
            ),
            ("X_oauthPlcy.ecaOauthPlcy-meta.xml", Some(("ExtlClntAppOauthConfigurablePolicies", 's', "X_oauthPlcy"))),
            ("X.eca-meta.xml", Some(("ExternalClientApplication", 's', "X"))),
            ("X.ecaAttest-meta.xml", Some(("ExtlClntAppAttestSettings", 's', "X"))),
            ("X.remoteSite", Some(("RemoteSiteSetting", 'm', "X"))),
            ("X.remoteSiteSetting", None),
            ("Security.settings", Some(("SecuritySettings", 'm', "Security"))),
            ("Security.settings-meta.xml", Some(("SecuritySettings", 's', "Security"))),
            ("security.settings", Some(("SecuritySettings", 'm', "security"))),
            ("ConnectedApp.settings-meta.xml", Some(("ConnectedAppSettings", 's', "ConnectedApp"))),
            ("Account.settings", Some(("other", '-', "Account"))),
            ("Account.settings-meta.xml", Some(("other", '-', "Account"))),
            ("X.userPermission-meta.xml", Some(("PermissionSet", 's', "X"))),
            ("X.objectSettings-meta.xml", Some(("PermissionSet", 's', "X"))),
            ("X.userPermission", None),
            ("X.classAccess-meta.xml", Some(("other", '-', "X"))),
            ("X.workflowOutboundMessage-meta.xml", Some(("Workflow", 's', "X"))),
            ("X.workflowAlert-meta.xml", Some(("other", '-', "X"))),
            ("Order.workflow-meta.xml", Some(("Workflow", 's', "Order"))),
            ("X.crt-meta.xml", Some(("Certificate", 's', "X"))),
            ("X.crt", Some(("other", '-', "X"))),
            ("A.cls", Some(("ApexClass", 'c', "A"))),
            ("A.trigger", Some(("ApexTrigger", 'c', "A"))),
            ("A.page", Some(("ApexPage", 'c', "A"))),
            ("A.component", Some(("ApexComponent", 'c', "A"))),
            ("A.trigger-meta.xml", Some(("other", '-', "A"))),
            ("A.cls-meta.xml", Some(("other", '-', "A"))),
            ("A.CLS", Some(("ApexClass", 'c', "A"))),
            ("Name.field-meta.xml", Some(("CustomField", 'c', "Name"))),
            ("All.listView-meta.xml", Some(("other", '-', "All"))),
            ("Name.field", None),
            ("Sales.app-meta.xml", Some(("other", '-', "Sales"))),
            ("Sales.app", None),
            ("X.dataSource", Some(("ExternalDataSource", 'm', "X"))),
            ("X.-meta.xml", None),
            ("X.a b-meta.xml", None),
            ("X.2-meta.xml", None),
            ("-meta.xml", None),
            ("meta.xml", None),
            ("package.xml", None),
            ("README.md", None),
            ("ü-meta.xml", None),
            ("X.üprofile", None),
            ("X.", None),
            ("", None),
        ];
        for (file_name, expected) in table {
            assert_eq!(seen(file_name), expected, "{file_name}");
        }
    }
}
