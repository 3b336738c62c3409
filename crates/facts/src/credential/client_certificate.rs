//! Certificates of clients: of API clients for mutual TLS (`InboundCertificate`) and of users (`UserAuthCertificate`).
//!
//! Refuses to know whether anybody uses one: no file names them.

use jiff::civil::Date;

use super::certificate::{days, expiry};
use crate::column::{Fact, IntoCell, ViewColumn};
use crate::table::{Declaration, Declared, Listed};
use sessionlint_project::metadata::Project;
use sessionlint_soql::Cell;

/// The certificate of an API client.
pub(crate) type InboundCertificate = ClientCertificate<OF_PROGRAM>;

/// The certificate of a user.
pub(crate) type UserAuthCertificate = ClientCertificate<OF_USER>;

const OF_PROGRAM: bool = false;
const OF_USER: bool = true;

/// The end of one certificate.
#[derive(Debug)]
pub(crate) struct ClientCertificate<const IS_OF_USER: bool> {
    expires_on: Fact<Date>,
    days_left: Option<i64>,
}

impl<const IS_OF_USER: bool> Declared for ClientCertificate<IS_OF_USER>
where
    Self: Listed,
{
    const TABLE: Declaration<Self> = Declaration::new(|| Self::COLUMNS, |facts| Self::all(facts.project, Self::NAME));
}

impl<const IS_OF_USER: bool> ClientCertificate<IS_OF_USER> {
    /// The columns beside the elements of the type.
    const COLUMNS: &[ViewColumn<Self>] = &[
        ViewColumn::date("ExpiresOn", "the day of `expirationDate`", |it| it.expires_on.clone().cell()),
        ViewColumn::int("DaysLeft", "days from the day of the run to that day; negative after it", |it| Cell {
            place: it.expires_on.place,
            ..it.days_left.cell()
        }),
    ];

    /// One for each component of the type `ty`, in order.
    fn all(project: &Project, ty: &str) -> Vec<Self> {
        let of = |expires_on: Fact<Date>| Self {
            days_left: expires_on.value.and_then(|end| days(project.inputs.as_of, end)),
            expires_on,
        };
        project.of_type(ty).map(|(_, component)| of(expiry(component))).collect()
    }
}
