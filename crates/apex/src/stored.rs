//! The parts of a [`Unit`] that need care in the cache: fixed words, and text of the file.
//!
//! A fixed word is written as text and read back as the same fixed word. A word that is not listed here is not written,
//! so that a new word costs a cache miss and never gives a wrong result. Refuses to know where units are stored.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de, ser};

use super::{AllowanceForm, Sink, Spot, Unit, Word};

/// The fixed words in facts.
const WORDS: &[Word] = &[
    "CustomField",
    "CustomPageWebLink",
    "CustomTab",
    "Flow",
    "WebLink",
    "auth-session-delete",
    "batch",
    "code",
    "constructor",
    "custom label",
    "custom metadata",
    "flow",
    "initializer",
    "logout-event-trigger",
    "queueable",
    "revoke-token",
    "start",
];

fn find(text: &str) -> Option<Word> {
    WORDS.iter().find(|word| **word == text).copied()
}

/// A fixed word.
pub(super) mod word {
    use super::{Deserialize, Deserializer, Serialize, Serializer, Word, de, find, ser};

    pub(in super::super) fn serialize<S: Serializer>(word: &Word, serializer: S) -> Result<S::Ok, S::Error> {
        find(word).ok_or_else(|| ser::Error::custom("a word that is not listed"))?.serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Word, D::Error> {
        let text: &str = Deserialize::deserialize(deserializer)?;
        find(text).ok_or_else(|| de::Error::custom("a word that nobody knows"))
    }
}

/// A fixed word with a place.
pub(super) mod placed_word {
    use sessionlint_source::Span;

    use super::{Deserialize, Deserializer, Serialize, Serializer, Word, de, find, ser};

    pub(in super::super) fn serialize<S: Serializer>(
        (span, word): &(Span, Word),
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let word = find(word).ok_or_else(|| ser::Error::custom("a word that is not listed"))?;
        (span, word).serialize(serializer)
    }

    pub(in super::super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(Span, Word), D::Error> {
        let (span, text): (Span, &str) = Deserialize::deserialize(deserializer)?;
        let word = find(text).ok_or_else(|| de::Error::custom("a word that nobody knows"))?;
        Ok((span, word))
    }
}

fn text_of(spot: Option<&Spot>) -> Option<&str> {
    spot.map(|(_, text)| text.as_str())
}

impl Unit {
    /// All texts of the file in it that are more than a name: expressions, literals, comments. The cache stores a unit
    /// only if none of them is a secret.
    pub fn quotes(&self) -> Vec<&str> {
        let mut all: Vec<&str> = Vec::new();
        for method in &self.methods {
            all.extend(method.annotations.iter().map(|it| it.arguments.as_str()));
            all.extend(method.changes.iter().map(|it| it.text.as_str()));
            all.extend(method.endpoints.iter().map(|(_, text)| text.as_str()));
        }
        for it in &self.sessions {
            all.push(&it.text);
            all.extend(text_of(it.address.as_ref()));
            if let Sink::Scraped(text) = &it.sink {
                all.push(text);
            }
        }
        all.extend(self.literals.iter().map(|it| it.text.as_str()));
        all.extend(self.debugs.iter().flat_map(|it| [it.text.as_str(), it.log.as_str()]));
        all.extend(self.debugs.iter().filter_map(|it| text_of(it.origin.as_ref())));
        for it in &self.requests {
            all.push(&it.request.1);
            all.extend(it.credential.as_deref());
            let spots =
                [&it.grant, &it.host, &it.reads_token, &it.reads_expiry, &it.checks_age, &it.reacts, &it.stored];
            all.extend(spots.into_iter().filter_map(|it| text_of(it.as_ref())));
        }
        all.extend(self.kept.iter().flat_map(|it| [it.field.1.as_str(), it.used.1.as_str()]));
        all.extend(self.versions.iter().map(|it| it.text.as_str()));
        all.extend(self.versions.iter().filter_map(|it| it.link.as_deref()));
        all.extend(self.versions.iter().flat_map(|it| it.handed_to.iter().flatten()).map(String::as_str));
        for it in &self.mentions {
            all.extend([it.owner.as_str(), it.element.as_str(), it.from.1.as_str()]);
            all.extend(text_of(it.address.as_ref()));
        }
        all.extend(self.secrets.iter().map(|it| it.name.as_str()));
        for it in &self.allowances {
            match &it.form {
                AllowanceForm::Comment(text) => all.push(text),
                AllowanceForm::Annotation(texts) => all.extend(texts.iter().map(String::as_str)),
            }
        }
        all.extend([&self.anonymous, &self.lightning_out].into_iter().filter_map(|it| text_of(it.as_ref())));
        all
    }
}
