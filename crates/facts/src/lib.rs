//! Tables: raw rows as written, and views, which are the facts across files in the same shape.
//!
//! [`Facts`] computes what is known, once and only when asked; [`Views`] shapes it into tables for queries. May
//! assume that components are well-formed. Refuses to know a severity, a wording or a rule.

mod apex;
mod api_version;
mod column;
mod credential;
mod deployment;
mod duplicate;
mod effective;
mod held_secret;
mod hidden;
mod login;
mod login_hours;
mod login_policy;
mod managed;
mod mention;
mod network;
pub mod oauth;
mod out_app;
mod password_policy;
mod permission_set;
mod problem;
mod profile_name;
mod protection;
mod raw;
mod secret;
pub mod session;
pub mod standard;
mod stated;
mod trusted_origin;
mod written;

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{LazyLock, OnceLock};

pub use apex::{Jobs, REFRESH_AT_PERCENT, refresh_at_seconds};
pub use column::Fact;

use apex::Placed;
use column::ViewColumn;
use sessionlint_project::metadata::Project;
use sessionlint_project::metadata::kind::{self, Field, Kind, KindId};
use sessionlint_project::metadata::managed::Managed;
use sessionlint_soql::{Catalog, Cell, Cells, Column, PreparedFilter, Row, Schema, Table, Tables, Value};
use sessionlint_source::globs::{Glob, Globs};
use sessionlint_source::secrets;

/// What the project says across its files.
#[derive(Debug)]
pub struct Facts<'p> {
    /// What was read.
    pub project: &'p Project,
    org: OnceLock<session::OrgFacts>,
    profiles: OnceLock<Vec<session::ProfileFacts>>,
    settings: OnceLock<Vec<session::SettingFacts>>,
    security: OnceLock<Vec<session::SecurityFacts>>,
    timeouts: OnceLock<Vec<session::TimeoutValue>>,
    apps: OnceLock<Vec<oauth::AppFacts>>,
    permission_sets: OnceLock<Vec<permission_set::SetFacts>>,
    login_policies: OnceLock<Vec<login_policy::PolicyFacts>>,
    range_sets: OnceLock<Vec<network::ranges::RangeSet>>,
    ranges: OnceLock<Vec<network::ranges::RangeFacts>>,
    coverage: OnceLock<Vec<network::coverage::Coverage>>,
    trust: OnceLock<Vec<network::coverage::Trust>>,
    hosts: OnceLock<Vec<network::hosts::HostUse>>,
    permissions: OnceLock<login::Grants>,
    passwords: OnceLock<Vec<login::PasswordFacts>>,
    effective: OnceLock<Vec<effective::EffectiveSession>>,
    credentials: OnceLock<Vec<credential::CredentialFacts>>,
    providers: OnceLock<Vec<credential::ProviderFacts>>,
    links: OnceLock<Vec<credential::Link>>,
    certificate_uses: OnceLock<Vec<credential::CertificateUse>>,
    certificates: OnceLock<Vec<credential::CertificateFacts>>,
    grants: OnceLock<Vec<credential::Grant>>,
    principals: OnceLock<Vec<credential::Principal>>,
    saml: OnceLock<Vec<credential::SamlFacts>>,
    duplicates: OnceLock<Vec<duplicate::Duplicate>>,
    managed: OnceLock<Managed>,
    packages: OnceLock<Vec<managed::PackageFacts>>,
    hiding_lines: OnceLock<Vec<hidden::HidingLine>>,
    replacements: OnceLock<Vec<deployment::ReplacementFacts>>,
    stray_files: OnceLock<Vec<deployment::StrayFile>>,
    unknown_values: OnceLock<Vec<written::UnknownValue>>,
    misplaced: OnceLock<Vec<written::Misplaced>>,
    removed: OnceLock<Vec<written::Removed>>,
    apex: OnceLock<apex::ApexFacts>,
    secrets: OnceLock<Vec<secret::SecretFacts>>,
    switches: OnceLock<Vec<protection::SwitchFacts>>,
    origins: OnceLock<Vec<trusted_origin::OriginFacts>>,
    out_apps: OnceLock<Vec<out_app::OutAppFacts>>,
    mentions: OnceLock<Vec<mention::MentionFacts>>,
    formulas: OnceLock<Vec<mention::MentionFacts>>,
    versions: OnceLock<Vec<api_version::VersionFacts>>,
    held: OnceLock<Vec<held_secret::HeldFacts>>,
    flow_secrets: OnceLock<Vec<held_secret::HeldFacts>>,
    default_secrets: OnceLock<Vec<held_secret::HeldFacts>>,
    password_policies: OnceLock<Vec<password_policy::PolicyFacts>>,
}

impl<'p> Facts<'p> {
    /// Nothing is computed yet.
    pub fn of(project: &'p Project) -> Self {
        Self {
            project,
            org: OnceLock::new(),
            profiles: OnceLock::new(),
            settings: OnceLock::new(),
            security: OnceLock::new(),
            timeouts: OnceLock::new(),
            apps: OnceLock::new(),
            permission_sets: OnceLock::new(),
            login_policies: OnceLock::new(),
            range_sets: OnceLock::new(),
            ranges: OnceLock::new(),
            coverage: OnceLock::new(),
            trust: OnceLock::new(),
            hosts: OnceLock::new(),
            permissions: OnceLock::new(),
            passwords: OnceLock::new(),
            effective: OnceLock::new(),
            credentials: OnceLock::new(),
            providers: OnceLock::new(),
            links: OnceLock::new(),
            certificate_uses: OnceLock::new(),
            certificates: OnceLock::new(),
            grants: OnceLock::new(),
            principals: OnceLock::new(),
            saml: OnceLock::new(),
            duplicates: OnceLock::new(),
            managed: OnceLock::new(),
            packages: OnceLock::new(),
            hiding_lines: OnceLock::new(),
            replacements: OnceLock::new(),
            stray_files: OnceLock::new(),
            unknown_values: OnceLock::new(),
            misplaced: OnceLock::new(),
            removed: OnceLock::new(),
            apex: OnceLock::new(),
            secrets: OnceLock::new(),
            switches: OnceLock::new(),
            origins: OnceLock::new(),
            out_apps: OnceLock::new(),
            mentions: OnceLock::new(),
            formulas: OnceLock::new(),
            versions: OnceLock::new(),
            held: OnceLock::new(),
            flow_secrets: OnceLock::new(),
            default_secrets: OnceLock::new(),
            password_policies: OnceLock::new(),
        }
    }

    /// What holds for the whole org.
    pub fn org(&self) -> &session::OrgFacts {
        self.org.get_or_init(|| session::org_facts(self.project))
    }

    /// Every profile that some file names.
    pub fn profiles(&self) -> &[session::ProfileFacts] {
        self.profiles.get_or_init(|| session::profile_facts(self.project, self.org()))
    }

    /// Every connected app and external client app.
    pub fn apps(&self) -> &[oauth::AppFacts] {
        self.apps.get_or_init(|| oauth::app_facts(self.project, self.org(), self.profiles()))
    }

    fn effective(&self) -> &[effective::EffectiveSession] {
        let precedence = self.project.inputs.precedence;
        self.effective.get_or_init(|| effective::sessions(precedence, self.profiles(), self.apps()))
    }

    fn credentials(&self) -> &[credential::CredentialFacts] {
        self.credentials.get_or_init(|| credential::credential_facts(self.project, &self.apex().credentials))
    }

    fn providers(&self) -> &[credential::ProviderFacts] {
        self.providers.get_or_init(|| credential::provider_facts(self.project))
    }

    fn links(&self) -> &[credential::Link] {
        self.links.get_or_init(|| credential::links(self.project))
    }

    fn certificate_uses(&self) -> &[credential::CertificateUse] {
        self.certificate_uses.get_or_init(|| credential::certificate_uses(self.project))
    }

    fn certificates(&self) -> &[credential::CertificateFacts] {
        self.certificates.get_or_init(|| credential::certificate_facts(self.project, self.certificate_uses()))
    }

    fn grants(&self) -> &[credential::Grant] {
        self.grants.get_or_init(|| credential::grants(self.project))
    }

    fn principals(&self) -> &[credential::Principal] {
        self.principals.get_or_init(|| credential::principals(self.project, self.grants(), &self.apex().credentials))
    }

    fn saml(&self) -> &[credential::SamlFacts] {
        self.saml.get_or_init(|| credential::saml_facts(self.project))
    }

    fn duplicates(&self) -> &[duplicate::Duplicate] {
        self.duplicates.get_or_init(|| duplicate::duplicates(self.project))
    }

    /// Which files belong to a managed package.
    pub fn managed(&self) -> &Managed {
        self.managed.get_or_init(|| Managed::of(self.project))
    }

    fn packages(&self) -> &[managed::PackageFacts] {
        self.packages.get_or_init(|| managed::package_facts(self.project, self.managed()))
    }

    fn hiding_lines(&self) -> &[hidden::HidingLine] {
        self.hiding_lines.get_or_init(|| hidden::hiding_lines(self.project))
    }

    fn replacements(&self) -> &[deployment::ReplacementFacts] {
        self.replacements.get_or_init(|| deployment::replacement_facts(self.project))
    }

    fn stray_files(&self) -> &[deployment::StrayFile] {
        self.stray_files.get_or_init(|| deployment::stray_files(self.project))
    }

    fn unknown_values(&self) -> &[written::UnknownValue] {
        self.unknown_values.get_or_init(|| written::unknown_values(self.project))
    }

    fn misplaced(&self) -> &[written::Misplaced] {
        self.misplaced.get_or_init(|| written::misplaced(self.project))
    }

    fn removed(&self) -> &[written::Removed] {
        self.removed.get_or_init(|| written::removed(self.project))
    }

    /// What asynchronous Apex does that the end of a session can break.
    pub fn jobs(&self) -> Jobs {
        self.apex().jobs()
    }

    fn apex(&self) -> &apex::ApexFacts {
        self.apex.get_or_init(|| apex::apex_facts(self.project, self.org()))
    }

    fn secrets(&self) -> &[secret::SecretFacts] {
        self.secrets.get_or_init(|| secret::secret_facts(self.project))
    }

    fn switches(&self) -> &[protection::SwitchFacts] {
        self.switches.get_or_init(|| protection::switch_facts(self.project))
    }

    fn origins(&self) -> &[trusted_origin::OriginFacts] {
        self.origins.get_or_init(|| trusted_origin::origin_facts(self.project))
    }

    fn out_apps(&self) -> &[out_app::OutAppFacts] {
        self.out_apps.get_or_init(|| out_app::out_app_facts(self.project, self.org()))
    }

    fn mentions(&self) -> &[mention::MentionFacts] {
        self.mentions.get_or_init(|| mention::mention_facts(self.project, mention::is_link))
    }

    fn formulas(&self) -> &[mention::MentionFacts] {
        self.formulas.get_or_init(|| mention::mention_facts(self.project, |it| !mention::is_link(it)))
    }

    fn versions(&self) -> &[api_version::VersionFacts] {
        self.versions.get_or_init(|| api_version::version_facts(self.project))
    }

    fn held(&self) -> &[held_secret::HeldFacts] {
        self.held.get_or_init(|| held_secret::held_facts(self.project))
    }

    fn flow_secrets(&self) -> &[held_secret::HeldFacts] {
        self.flow_secrets.get_or_init(|| held_secret::flow_facts(self.project))
    }

    fn default_secrets(&self) -> &[held_secret::HeldFacts] {
        self.default_secrets.get_or_init(|| held_secret::default_facts(self.project))
    }

    fn password_policies(&self) -> &[password_policy::PolicyFacts] {
        self.password_policies.get_or_init(|| password_policy::policy_facts(self.project))
    }

    fn permission_sets(&self) -> &[permission_set::SetFacts] {
        self.permission_sets.get_or_init(|| permission_set::set_facts(self.project, self.apps()))
    }

    fn login_policies(&self) -> &[login_policy::PolicyFacts] {
        self.login_policies.get_or_init(|| login_policy::policy_facts(self.project))
    }

    fn range_sets(&self) -> &[network::ranges::RangeSet] {
        self.range_sets.get_or_init(|| network::ranges::range_sets(self.project))
    }

    fn ranges(&self) -> &[network::ranges::RangeFacts] {
        self.ranges.get_or_init(|| network::ranges::range_facts(self.range_sets()))
    }

    fn coverage(&self) -> &[network::coverage::Coverage] {
        let egress = &self.project.inputs.egress;
        self.coverage
            .get_or_init(|| network::coverage::coverage(egress, self.profiles(), self.apps(), self.range_sets()))
    }

    fn trust(&self) -> &[network::coverage::Trust] {
        let egress = &self.project.inputs.egress;
        self.trust.get_or_init(|| network::coverage::trust(egress, self.profiles(), self.range_sets()))
    }

    fn hosts(&self) -> &[network::hosts::HostUse] {
        self.hosts.get_or_init(|| network::hosts::host_uses(self.project))
    }

    fn permissions(&self) -> &login::Grants {
        self.permissions.get_or_init(|| login::grants(self.project, self.profiles()))
    }

    fn passwords(&self) -> &[login::PasswordFacts] {
        let found = || network::hosts::password_login(self.project, self.hosts());
        self.passwords.get_or_init(|| login::password_facts(self.project, self.profiles(), found()))
    }

    fn settings(&self) -> &[session::SettingFacts] {
        self.settings.get_or_init(|| session::setting_facts(self.project, self.org()))
    }

    fn security(&self) -> &[session::SecurityFacts] {
        self.security.get_or_init(|| session::security_facts(self.project, self.org(), self.profiles()))
    }

    fn timeouts(&self) -> &[session::TimeoutValue] {
        self.timeouts.get_or_init(|| session::timeout_values(self.project))
    }
}

/// The globs of the configuration that name things: the last that matches decides, `!` excludes.
struct Configured {
    globs: Globs,
    includes: Vec<bool>,
}

impl Configured {
    fn of(patterns: &[String]) -> Self {
        let (mut globs, mut includes) = (Vec::new(), Vec::new());
        for pattern in patterns {
            let (does_include, pattern) =
                pattern.strip_prefix('!').map_or((true, pattern.as_str()), |pattern| (false, pattern));
            let Ok(glob) = Glob::new(pattern) else { continue };
            globs.push(glob);
            includes.push(does_include);
        }
        Self { globs: Globs::new(globs), includes }
    }

    /// What they say of something that goes by `names`.
    fn verdict(&self, names: &[&str]) -> Option<bool> {
        let last = names.iter().flat_map(|name| self.globs.fitting_name(name)).max()?;
        self.includes.get(last).copied()
    }
}

/// The table of managed packages: a rule over it tells of them, and no other rule does.
pub const MANAGED_PACKAGE: &str = "ManagedPackage";

/// What a table is made from.
#[derive(Clone, Copy)]
enum Origin {
    /// A kind's elements, with more columns where it is a view.
    Kind(KindId),
    /// A repeated element of a kind.
    Child(KindId, &'static str, &'static [Field]),
    Profile,
    OAuthApp,
    EffectiveSession,
    IpRange,
    IpRangeSet,
    EgressCoverage,
    UnadmittedTrust,
    HostUse,
    Grant,
    Secret,
    ProtectionSwitch,
    TrustedHosts,
    PasswordRule,
    TimeoutValue,
    Credential,
    CertificateUse,
    Principal,
    PrincipalGrant,
    Reference,
    Duplicate,
    HidingLine,
    ManagedPackage,
    DeadPattern,
    Replacement,
    StrayFile,
    UnknownValue,
    MisplacedElement,
    RemovedElement,
    ApexSessionUse,
    ApexCalloutPath,
    ApexCallout,
    ApexEntryPoint,
    ApexKeptToken,
    ApexToken,
    ApexLiteral,
    ApexDebug,
    ApexSecretUse,
    ApexCredentialUse,
    ApexRevocation,
    AuraOutApp,
    SessionMention,
    SessionFormula,
    ApiVersionUse,
    HeldSecret,
    FlowSecret,
    DefaultSecret,
    Problem,
    Project,
    Component,
}

struct Shape {
    schema: Schema,
    origin: Origin,
}

/// The shapes of all tables, views first.
static SHAPES: LazyLock<Vec<Shape>> = LazyLock::new(shapes);

/// Where each table is, by its name in lower case.
static BY_NAME: LazyLock<HashMap<String, usize>> = LazyLock::new(|| {
    SHAPES.iter().enumerate().map(|(index, shape)| (shape.schema.name.to_lowercase(), index)).collect()
});

fn shapes() -> Vec<Shape> {
    let view = |name: &'static str, columns: Vec<Column>, origin| Shape {
        schema: Schema { name: Cow::Borrowed(name), columns },
        origin,
    };
    let mut shapes = vec![
        view("OAuthApp", all(oauth::OAUTH_APP), Origin::OAuthApp),
        view("EffectiveSession", all(effective::EFFECTIVE), Origin::EffectiveSession),
        view("IpRange", all(network::ranges::IP_RANGE), Origin::IpRange),
        view("IpRangeSet", all(network::ranges::IP_RANGE_SET), Origin::IpRangeSet),
        view("EgressCoverage", all(network::coverage::EGRESS_COVERAGE), Origin::EgressCoverage),
        view("UnadmittedTrust", all(network::coverage::UNADMITTED_TRUST), Origin::UnadmittedTrust),
        view("HostUse", all(network::hosts::HOST_USE), Origin::HostUse),
        view("Grant", all(login::GRANT), Origin::Grant),
        view("Secret", all(secret::SECRET), Origin::Secret),
        view("ProtectionSwitch", all(protection::PROTECTION_SWITCH), Origin::ProtectionSwitch),
        view("TrustedOrigin", all(trusted_origin::TRUSTED_ORIGIN), Origin::TrustedHosts),
        view("PasswordRule", all(login::PASSWORD_RULE), Origin::PasswordRule),
        view("TimeoutValue", all(session::TIMEOUT_VALUE), Origin::TimeoutValue),
        view("Credential", all(credential::CREDENTIAL), Origin::Credential),
        view("CertificateUse", all(credential::CERTIFICATE_USE), Origin::CertificateUse),
        view("Principal", all(credential::PRINCIPAL), Origin::Principal),
        view("PrincipalGrant", all(credential::GRANT), Origin::PrincipalGrant),
        view("Reference", all(credential::LINK), Origin::Reference),
        view("Duplicate", all(duplicate::DUPLICATE), Origin::Duplicate),
        view(MANAGED_PACKAGE, all(managed::MANAGED_PACKAGE), Origin::ManagedPackage),
        view("HidingLine", all(hidden::HIDING_LINE), Origin::HidingLine),
        view("DeadPattern", all(hidden::DEAD_PATTERN), Origin::DeadPattern),
        view("Replacement", all(deployment::REPLACEMENT), Origin::Replacement),
        view("StrayFile", all(deployment::STRAY_FILE), Origin::StrayFile),
        view("UnknownValue", all(written::UNKNOWN_VALUE), Origin::UnknownValue),
        view("MisplacedElement", all(written::MISPLACED_ELEMENT), Origin::MisplacedElement),
        view("RemovedElement", all(written::REMOVED_ELEMENT), Origin::RemovedElement),
        view("ApexSessionUse", all(&apex::APEX_SESSION_USE), Origin::ApexSessionUse),
        view("ApexCalloutPath", all(&apex::APEX_CALLOUT_PATH), Origin::ApexCalloutPath),
        view("ApexCallout", all(&apex::APEX_CALLOUT), Origin::ApexCallout),
        view("ApexEntryPoint", all(&apex::APEX_ENTRY_POINT), Origin::ApexEntryPoint),
        view("ApexKeptToken", all(&apex::APEX_KEPT_TOKEN), Origin::ApexKeptToken),
        view("ApexToken", all(&apex::APEX_TOKEN), Origin::ApexToken),
        view("ApexLiteral", all(&apex::APEX_LITERAL), Origin::ApexLiteral),
        view("ApexDebug", all(&apex::APEX_DEBUG), Origin::ApexDebug),
        view("ApexSecretUse", all(&apex::APEX_SECRET_USE), Origin::ApexSecretUse),
        view("ApexCredentialUse", all(&apex::APEX_CREDENTIAL_USE), Origin::ApexCredentialUse),
        view("ApexRevocation", all(&apex::APEX_REVOCATION), Origin::ApexRevocation),
        view("AuraOutApp", all(out_app::AURA_OUT_APP), Origin::AuraOutApp),
        view("SessionMention", all(mention::SESSION_MENTION), Origin::SessionMention),
        view("SessionFormula", all(mention::SESSION_MENTION), Origin::SessionFormula),
        view("ApiVersionUse", all(api_version::API_VERSION_USE), Origin::ApiVersionUse),
        view("HeldSecret", all(held_secret::HELD_SECRET), Origin::HeldSecret),
        view("FlowSecret", all(held_secret::HELD_SECRET), Origin::FlowSecret),
        view("DefaultSecret", all(held_secret::HELD_SECRET), Origin::DefaultSecret),
        view("Problem", all(problem::PROBLEM), Origin::Problem),
        view("Project", all(problem::PROJECT), Origin::Project),
        view("Component", all(problem::COMPONENT), Origin::Component),
    ];
    for (id, kind) in kind::all() {
        let mut schema = raw::schema(kind);
        let mut origin = Origin::Kind(id);
        match kind.name {
            "SecuritySettings" => schema.columns.extend(all(session::SECURITY)),
            "ProfilePasswordPolicy" => schema.columns.extend(all(password_policy::PROFILE_PASSWORD_POLICY)),
            "ProfileSessionSetting" => schema.columns.extend(all(session::SETTING)),
            "AuthProvider" => schema.columns.extend(all(credential::AUTH_PROVIDER)),
            "Certificate" => schema.columns.extend(all(credential::CERTIFICATE)),
            "SamlSsoConfig" => schema.columns.extend(all(credential::SAML)),
            "PermissionSet" => schema.columns.extend(all(permission_set::PERMISSION_SET)),
            "TransactionSecurityPolicy" => schema.columns.extend(all(login_policy::TRANSACTION_SECURITY_POLICY)),
            "Profile" => {
                let mut columns = all(session::PROFILE);
                columns.extend(
                    raw::schema(kind).columns.into_iter().filter(|raw| !is_in(&columns, &raw.name)).collect::<Vec<_>>(),
                );
                schema.columns = columns;
                origin = Origin::Profile;
            }
            _ => {}
        }
        shapes.push(Shape { schema, origin });
        for (path, fields) in raw::child_tables(kind) {
            shapes
                .push(Shape { schema: raw::child_schema(kind, path, fields), origin: Origin::Child(id, path, fields) });
        }
    }
    shapes
}

fn all<R>(columns: &[ViewColumn<R>]) -> Vec<Column> {
    columns.iter().map(ViewColumn::column).collect()
}

fn is_in(columns: &[Column], name: &str) -> bool {
    columns.iter().any(|column| column.name.eq_ignore_ascii_case(name))
}

/// The tables of a project, each computed when it is first asked for.
pub struct Views<'f> {
    facts: &'f Facts<'f>,
    tables: Vec<OnceLock<Table<'f>>>,
}

impl std::fmt::Debug for Views<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Views").finish_non_exhaustive()
    }
}

/// Which tables exist and what shape they have: the same for every project.
#[derive(Clone, Copy, Debug, Default)]
pub struct Shapes;

impl Catalog for Shapes {
    fn schema(&self, name: &str) -> Option<&Schema> {
        BY_NAME.get(&name.to_lowercase()).map(|index| &SHAPES[*index].schema)
    }

    fn elsewhere(&self, name: &str) -> Option<String> {
        standard::elsewhere(name)
    }

    fn table_names(&self) -> Vec<&str> {
        SHAPES.iter().map(|shape| shape.schema.name.as_ref()).collect()
    }
}

/// Tables beside those called `Apex...` that say something of what Apex does.
const REST_ON_CODE: &[&str] =
    &["apiversionuse", "credential", "heldsecret", "hostuse", "managedpackage", "passwordrule", "principal"];

/// Whether a name of a table, or a query, names one that rests on Apex. Where none is asked, no Apex needs be read.
pub fn rests_on_code(text: &str) -> bool {
    names(text, |word| word.starts_with("apex") || REST_ON_CODE.contains(&word))
}

/// The same for Aura applications.
pub fn rests_on_aura(text: &str) -> bool {
    names(text, |word| matches!(word, "auraoutapp" | "lightningoutgap" | "lightningoutapp"))
}

/// The same for buttons, links and objects.
pub fn rests_on_links(text: &str) -> bool {
    names(text, |word| matches!(word, "sessionmention" | "apiversionuse"))
}

/// The same for fields and flows.
pub fn rests_on_fields(text: &str) -> bool {
    names(text, |word| matches!(word, "sessionformula" | "flowsecret" | "defaultsecret"))
}

/// The same for labels and records of custom metadata.
pub fn rests_on_records(text: &str) -> bool {
    names(text, |word| word == "heldsecret")
}

/// Whether a word of a text, in lower case, is one that `is_it` takes.
fn names(text: &str, is_it: impl Fn(&str) -> bool) -> bool {
    text.to_lowercase().split(|ch: char| !(ch.is_alphanumeric() || ch == '_')).any(is_it)
}

/// The closed lists of values that elements may hold: metadata type, path below the root, and the values.
pub fn enumerations() -> impl Iterator<Item = (&'static str, &'static str, &'static [&'static str])> {
    written::lists()
}

/// The columns that views add to what is written, as Markdown: a table per view.
pub fn documented() -> String {
    use std::fmt::Write as _;
    let mut text = String::new();
    for shape in SHAPES.iter() {
        let documented: Vec<_> = shape.schema.columns.iter().filter(|column| !column.doc.is_empty()).collect();
        let is_raw = documented.iter().all(|column| matches!(column.name.as_ref(), "Name" | "Path"));
        if is_raw {
            continue;
        }
        // Writing to a string cannot fail.
        let _ = write!(text, "\n### {}\n\n| column | type | what it says |\n|---|---|---|\n", shape.schema.name);
        for column in documented {
            let null = if column.nullable { ", or null" } else { "" };
            let _ = writeln!(text, "| `{}` | {}{null} | {} |", column.name, column.ty.as_str(), column.doc);
        }
    }
    text
}

impl<'f> Views<'f> {
    /// No table is computed yet.
    pub fn new(facts: &'f Facts<'f>) -> Self {
        Self { facts, tables: SHAPES.iter().map(|_| OnceLock::new()).collect() }
    }

    /// The facts that the tables show.
    pub fn facts(&self) -> &'f Facts<'f> {
        self.facts
    }

    fn make(&self, shape: &'static Shape) -> Table<'f> {
        let facts = self.facts;
        let project = facts.project;
        let mut rows = match shape.origin {
            Origin::OAuthApp => rows(oauth::OAUTH_APP, facts.apps(), |app| &app.written.full_name),
            Origin::EffectiveSession => rows(effective::EFFECTIVE, facts.effective(), effective::EffectiveSession::key),
            Origin::IpRange => rows(network::ranges::IP_RANGE, facts.ranges(), network::ranges::RangeFacts::key),
            Origin::IpRangeSet => {
                rows(network::ranges::IP_RANGE_SET, facts.range_sets(), network::ranges::RangeSet::key)
            }
            Origin::EgressCoverage => {
                network::coverage::matching(project, &project.inputs.egress, facts.coverage(), None)
            }
            Origin::UnadmittedTrust => {
                rows(network::coverage::UNADMITTED_TRUST, facts.trust(), network::coverage::Trust::key)
            }
            Origin::HostUse => rows(network::hosts::HOST_USE, facts.hosts(), network::hosts::HostUse::key),
            Origin::Grant => rows(login::GRANT, &facts.permissions().all, login::Grant::key),
            Origin::Secret => {
                let subject = secret::SecretFacts::subject;
                about(secret::SECRET, facts.secrets(), secret::SecretFacts::key, subject)
            }
            Origin::ProtectionSwitch => {
                let subject = protection::SwitchFacts::subject;
                about(protection::PROTECTION_SWITCH, facts.switches(), protection::SwitchFacts::key, subject)
            }
            Origin::TrustedHosts => {
                let subject = trusted_origin::OriginFacts::subject;
                about(trusted_origin::TRUSTED_ORIGIN, facts.origins(), trusted_origin::OriginFacts::key, subject)
            }
            Origin::PasswordRule => rows(login::PASSWORD_RULE, facts.passwords(), login::PasswordFacts::key),
            Origin::TimeoutValue => rows(session::TIMEOUT_VALUE, facts.timeouts(), session::TimeoutValue::key),
            Origin::Credential => {
                let subject = credential::CredentialFacts::subject;
                about(credential::CREDENTIAL, facts.credentials(), credential::CredentialFacts::key, subject)
            }
            Origin::CertificateUse => {
                let subject = credential::CertificateUse::subject;
                about(credential::CERTIFICATE_USE, facts.certificate_uses(), credential::CertificateUse::key, subject)
            }
            Origin::Principal => {
                let subject = credential::Principal::subject;
                about(credential::PRINCIPAL, facts.principals(), credential::Principal::key, subject)
            }
            Origin::PrincipalGrant => {
                about(credential::GRANT, facts.grants(), credential::Grant::key, credential::Grant::subject)
            }
            Origin::Reference => rows(credential::LINK, facts.links(), credential::Link::key),
            Origin::Duplicate => {
                let subject = duplicate::Duplicate::subject;
                about(duplicate::DUPLICATE, facts.duplicates(), duplicate::Duplicate::key, subject)
            }
            Origin::ManagedPackage => rows(managed::MANAGED_PACKAGE, facts.packages(), managed::PackageFacts::key),
            Origin::HidingLine => rows(hidden::HIDING_LINE, facts.hiding_lines(), hidden::HidingLine::key),
            Origin::DeadPattern => rows(hidden::DEAD_PATTERN, &project.dead_patterns, |it| &it.pattern),
            Origin::Replacement => {
                rows(deployment::REPLACEMENT, facts.replacements(), deployment::ReplacementFacts::key)
            }
            Origin::StrayFile => {
                let subject = deployment::StrayFile::subject;
                about(deployment::STRAY_FILE, facts.stray_files(), deployment::StrayFile::key, subject)
            }
            Origin::UnknownValue => {
                let subject = written::UnknownValue::subject;
                about(written::UNKNOWN_VALUE, facts.unknown_values(), written::UnknownValue::key, subject)
            }
            Origin::MisplacedElement => about(
                written::MISPLACED_ELEMENT,
                facts.misplaced(),
                written::Misplaced::key,
                written::Misplaced::subject,
            ),
            Origin::RemovedElement => {
                about(written::REMOVED_ELEMENT, facts.removed(), written::Removed::key, written::Removed::subject)
            }
            Origin::AuraOutApp => rows(out_app::AURA_OUT_APP, facts.out_apps(), out_app::OutAppFacts::key),
            Origin::SessionMention => rows(mention::SESSION_MENTION, facts.mentions(), mention::MentionFacts::key),
            Origin::SessionFormula => rows(mention::SESSION_MENTION, facts.formulas(), mention::MentionFacts::key),
            Origin::ApiVersionUse => {
                rows(api_version::API_VERSION_USE, facts.versions(), api_version::VersionFacts::key)
            }
            Origin::HeldSecret => rows(held_secret::HELD_SECRET, facts.held(), held_secret::HeldFacts::key),
            Origin::FlowSecret => rows(held_secret::HELD_SECRET, facts.flow_secrets(), held_secret::HeldFacts::key),
            Origin::DefaultSecret => {
                rows(held_secret::HELD_SECRET, facts.default_secrets(), held_secret::HeldFacts::key)
            }
            Origin::Problem => problem::problem_rows(project),
            Origin::Project => problem::project_rows(project),
            Origin::Component => problem::component_rows(project, facts.managed()),
            Origin::Profile => self.profile_rows(&shape.schema),
            Origin::Kind(id) => self.kind_rows(id),
            Origin::Child(id, path, fields) => project
                .of_kind(id)
                .flat_map(|(index, component)| raw::child_rows(project, index, component, path, fields))
                .collect(),
            origin => self.code_rows(origin),
        };
        hide(project, shape, &mut rows);
        Table { schema: &shape.schema, rows }
    }

    /// The rows of a table over code.
    fn code_rows(&self, origin: Origin) -> Vec<Row<'f>> {
        let code = self.facts.apex();
        match origin {
            Origin::ApexSessionUse => rows(&apex::APEX_SESSION_USE, &code.sessions, Placed::key),
            Origin::ApexCalloutPath => rows(&apex::APEX_CALLOUT_PATH, &code.paths, Placed::key),
            Origin::ApexCallout => rows(&apex::APEX_CALLOUT, &code.callouts, Placed::key),
            Origin::ApexEntryPoint => rows(&apex::APEX_ENTRY_POINT, &code.entries, Placed::key),
            Origin::ApexKeptToken => rows(&apex::APEX_KEPT_TOKEN, &code.kept, Placed::key),
            Origin::ApexToken => rows(&apex::APEX_TOKEN, &code.tokens, Placed::key),
            Origin::ApexLiteral => rows(&apex::APEX_LITERAL, &code.literals, Placed::key),
            Origin::ApexDebug => rows(&apex::APEX_DEBUG, &code.debugs, Placed::key),
            Origin::ApexSecretUse => rows(&apex::APEX_SECRET_USE, &code.secret_uses, Placed::key),
            Origin::ApexCredentialUse => rows(&apex::APEX_CREDENTIAL_USE, &code.credentials, Placed::key),
            Origin::ApexRevocation => rows(&apex::APEX_REVOCATION, &code.revocations, Placed::key),
            _ => Vec::new(),
        }
    }

    fn kind_rows(&self, id: KindId) -> Vec<Row<'f>> {
        let project = self.facts.project;
        let kind: &'static Kind = kind::kind(id);
        let mut rows: Vec<Row<'f>> =
            project.wholes(id).map(|(index, component)| raw::row(project, index, component, kind)).collect();
        match kind.name {
            "SecuritySettings" => extend_all(&mut rows, session::SECURITY, self.facts.security()),
            "AuthProvider" => extend_all(&mut rows, credential::AUTH_PROVIDER, self.facts.providers()),
            "Certificate" => extend_all(&mut rows, credential::CERTIFICATE, self.facts.certificates()),
            "SamlSsoConfig" => extend_all(&mut rows, credential::SAML, self.facts.saml()),
            "TransactionSecurityPolicy" => {
                extend_all(&mut rows, login_policy::TRANSACTION_SECURITY_POLICY, self.facts.login_policies());
            }
            "PermissionSet" => {
                extend_all(&mut rows, permission_set::PERMISSION_SET, self.facts.permission_sets());
            }
            "ProfilePasswordPolicy" => {
                extend_all(&mut rows, password_policy::PROFILE_PASSWORD_POLICY, self.facts.password_policies());
                // The file's name means nothing and changes from retrieve to retrieve.
                for (row, policy) in rows.iter_mut().zip(self.facts.password_policies()) {
                    row.key = Cow::Borrowed(policy.key());
                }
            }
            "ProfileSessionSetting" => {
                extend_all(&mut rows, session::SETTING, self.facts.settings());
                // The file's name means nothing and changes from retrieve to retrieve.
                for (row, setting) in rows.iter_mut().zip(self.facts.settings()) {
                    row.key = Cow::Borrowed(setting.key().unwrap_or_default());
                }
            }
            _ => {}
        }
        rows
    }

    /// Profiles: the view's own columns, then the elements of the profile's file where there is one.
    fn profile_rows(&self, schema: &Schema) -> Vec<Row<'f>> {
        let project = self.facts.project;
        let Some(kind) = kind::by_name("Profile").map(kind::kind) else { return Vec::new() };
        let raw_columns = raw::schema(kind).columns;
        let own = session::PROFILE.len();
        let mut rows = rows(session::PROFILE, self.facts.profiles(), session::ProfileFacts::row_key);
        for (row, profile) in rows.iter_mut().zip(self.facts.profiles()) {
            row.subject = profile.component;
            let written = profile
                .component
                .map(|index| raw::row(project, index, &project.components[index as usize], kind).cells);
            let Some(mut written) = written else {
                row.cells.resize_with(schema.columns.len(), Cell::default);
                continue;
            };
            for (index, column) in raw_columns.iter().enumerate() {
                if !is_in(&schema.columns[..own], &column.name) {
                    row.cells.push(std::mem::take(&mut written[index]));
                }
            }
        }
        rows
    }
}

fn extend_all<'f, R>(rows: &mut [Row<'f>], columns: &[ViewColumn<R>], things: &'f [R]) {
    for (row, thing) in rows.iter_mut().zip(things) {
        column::extend(row, columns, thing);
    }
}

/// The column of a file's path, in whatever table.
const PATH: &str = "Path";

/// Masks what addresses in rows carry, and makes unknown what a deployment replaces.
fn hide(project: &Project, shape: &Shape, rows: &mut [Row<'_>]) {
    // A file's path stands beside every finding: what it is called hides nothing here.
    let is_shown = |index: usize| shape.schema.columns.get(index).is_some_and(|column| column.name == PATH);
    // What tells of replacements shows where they are.
    if !project.replaced.is_empty() && !matches!(shape.origin, Origin::Replacement) {
        let has_head = matches!(shape.origin, Origin::Kind(_) | Origin::Child(..) | Origin::Component);
        // Names and paths are those of files, whatever is in them.
        let is_named = |index: usize| is_shown(index) || (has_head && index < 2);
        let cells = rows.iter_mut().flat_map(|row| row.cells.iter_mut().enumerate());
        cells.filter(|(index, _)| !is_named(*index)).for_each(|(_, cell)| forget_replaced(project, cell));
    }
    let cells = rows.iter_mut().flat_map(|row| row.cells.iter_mut().enumerate());
    cells.filter(|(index, _)| !is_shown(*index)).for_each(|(_, cell)| mask_addresses(cell));
}

/// Masks what addresses in a cell carry: whatever table a text comes through, its secrets end here.
fn mask_addresses(cell: &mut Cell<'_>) {
    let mask = |text: &mut Cow<'_, str>| {
        if let Cow::Owned(masked) = secrets::mask(text) {
            *text = Cow::Owned(masked);
        }
    };
    match &mut cell.value {
        Value::Text(text) => mask(text),
        Value::List(texts) => texts.iter_mut().for_each(mask),
        Value::Null | Value::Unknown | Value::Bool(_) | Value::Int(_) | Value::Decimal(_) | Value::Date(_) => {}
    }
}

/// Makes a cell unknown whose text a deployment may replace.
fn forget_replaced(project: &Project, cell: &mut Cell<'_>) {
    if cell.place.is_some_and(|place| project.replaced.unknown_at(place).is_some()) {
        cell.value = Value::Unknown;
    }
}

/// A thing whose cells are made when a condition looks at them.
struct Unmade<'c, 'f, R: 'static> {
    project: &'f Project,
    columns: &'c [ViewColumn<R>],
    thing: &'f R,
}

impl<R> Cells for Unmade<'_, '_, R> {
    fn look<T>(&self, column: usize, look: impl FnOnce(&Value<'_>) -> T) -> T {
        let mut cell = self.columns.get(column).map(|column| column.cell(self.thing)).unwrap_or_default();
        mask_addresses(&mut cell);
        forget_replaced(self.project, &mut cell);
        look(&cell.value)
    }
}

/// A thing of which nothing is known but its name.
struct Named<'n> {
    column: usize,
    name: &'n str,
}

impl Cells for Named<'_> {
    fn look<T>(&self, column: usize, look: impl FnOnce(&Value<'_>) -> T) -> T {
        if column != self.column {
            return look(&Value::Unknown);
        }
        look(&Value::Text(secrets::mask(self.name)))
    }
}

/// The rows of those things for which `filter` holds.
fn matching_rows<'f, R>(
    project: &'f Project,
    columns: &[ViewColumn<R>],
    things: impl IntoIterator<Item = &'f R>,
    key: impl Fn(&'f R) -> &'f str,
    filter: Option<&PreparedFilter<'_>>,
) -> Vec<Row<'f>> {
    let holds = |thing: &&'f R| filter.is_none_or(|filter| filter.matches(&Unmade { project, columns, thing: *thing }));
    let mut rows: Vec<Row<'f>> =
        things.into_iter().filter(holds).map(|thing| row(columns, thing, key(thing))).collect();
    for cell in rows.iter_mut().flat_map(|row| &mut row.cells) {
        mask_addresses(cell);
        forget_replaced(project, cell);
    }
    rows
}

fn row<'f, R>(columns: &[ViewColumn<R>], thing: &'f R, key: &'f str) -> Row<'f> {
    let mut row = Row { cells: Vec::with_capacity(columns.len()), subject: None, key: Cow::Borrowed(key) };
    column::extend(&mut row, columns, thing);
    row
}

/// One row per thing.
fn rows<'f, R>(columns: &[ViewColumn<R>], things: &'f [R], key: impl Fn(&'f R) -> &'f str) -> Vec<Row<'f>> {
    things.iter().map(|thing| row(columns, thing, key(thing))).collect()
}

/// One row per thing, each about a component.
fn about<'f, R>(
    columns: &[ViewColumn<R>],
    things: &'f [R],
    key: impl Fn(&'f R) -> &'f str,
    subject: impl Fn(&R) -> u32,
) -> Vec<Row<'f>> {
    let mut all = rows(columns, things, key);
    for (row, thing) in all.iter_mut().zip(things) {
        row.subject = Some(subject(thing));
    }
    all
}

impl Tables for Views<'_> {
    fn table(&self, name: &str) -> Option<&Table<'_>> {
        let index = *BY_NAME.get(&name.to_lowercase())?;
        Some(self.tables[index].get_or_init(|| self.make(&SHAPES[index])))
    }

    fn is_empty(&self, name: &str) -> bool {
        match origin(name) {
            Some(Origin::Grant) => self.facts.permissions().all.is_empty(),
            Some(Origin::EgressCoverage) => self.facts.coverage().is_empty(),
            _ => self.table(name).is_none_or(|table| table.rows.is_empty()),
        }
    }

    /// Every profile grants hundreds of permissions, and rules ask about a dozen; each app meets each address, and few
    /// are left out: rows are made of those only.
    fn matching<'t>(&'t self, name: &str, filter: Option<&PreparedFilter<'_>>) -> Vec<Cow<'t, Row<'t>>> {
        match origin(name) {
            Some(Origin::Grant) => {
                let (project, grants) = (self.facts.project, self.facts.permissions());
                let rows = match filter {
                    // What a deployment replaces is not the permission that stands there.
                    Some(filter) if project.replaced.is_empty() => {
                        let is_asked = |name: &str| filter.can_match(&Named { column: login::PERMISSION, name });
                        let things = grants.of_permissions(is_asked);
                        matching_rows(project, login::GRANT, things, login::Grant::key, Some(filter))
                    }
                    _ => matching_rows(project, login::GRANT, &grants.all, login::Grant::key, filter),
                };
                rows.into_iter().map(Cow::Owned).collect()
            }
            Some(Origin::EgressCoverage) => {
                let project = self.facts.project;
                let rows = network::coverage::matching(project, &project.inputs.egress, self.facts.coverage(), filter);
                rows.into_iter().map(Cow::Owned).collect()
            }
            _ => self.table(name).map_or_else(Vec::new, |table| table.matching(filter)),
        }
    }
}

/// Where the rows of the table `name`, case ignored, come from.
fn origin(name: &str) -> Option<Origin> {
    BY_NAME.get(&name.to_lowercase()).map(|index| SHAPES[*index].origin)
}

/// Whether what a table says of one thing may stand in several files, so that it is not known where some were not read.
/// Tables of which only some columns do leave those null then.
pub fn rests_on_several(table: &str) -> bool {
    origin(table).is_some_and(|origin| match origin {
        Origin::Kind(_)
        | Origin::Child(..)
        | Origin::Profile
        | Origin::IpRange
        | Origin::IpRangeSet
        | Origin::Grant
        | Origin::Secret
        | Origin::ProtectionSwitch
        | Origin::TrustedHosts
        | Origin::TimeoutValue
        | Origin::UnknownValue
        | Origin::MisplacedElement
        | Origin::RemovedElement
        | Origin::HeldSecret
        | Origin::FlowSecret
        | Origin::DefaultSecret
        | Origin::Problem
        | Origin::Project
        | Origin::Component => false,
        Origin::OAuthApp
        | Origin::EffectiveSession
        | Origin::EgressCoverage
        | Origin::UnadmittedTrust
        | Origin::HostUse
        | Origin::PasswordRule
        | Origin::Credential
        | Origin::CertificateUse
        | Origin::Principal
        | Origin::PrincipalGrant
        | Origin::Reference
        | Origin::Duplicate
        | Origin::HidingLine
        | Origin::ManagedPackage
        | Origin::DeadPattern
        | Origin::Replacement
        | Origin::StrayFile
        | Origin::SessionMention
        | Origin::SessionFormula
        | Origin::ApiVersionUse
        | Origin::ApexSessionUse
        | Origin::ApexCalloutPath
        | Origin::ApexCallout
        | Origin::ApexEntryPoint
        | Origin::ApexKeptToken
        | Origin::ApexToken
        | Origin::ApexLiteral
        | Origin::ApexDebug
        | Origin::ApexSecretUse
        | Origin::ApexCredentialUse
        | Origin::ApexRevocation
        | Origin::AuraOutApp => true,
    })
}

/// A text value that borrows.
fn text(text: &str) -> Value<'_> {
    Value::Text(Cow::Borrowed(text))
}
