//! Whose value of a field stays when two become one: what is chosen, and what goes without saying.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

kernel::text_enum! {
    /// Which of the two customers.
    pub enum Side {
        This = "this": "This one",
        Other = "other": "The other",
    }
}
kernel::text_enum! {
    /// Whose notes stay.
    pub enum Pick {
        This = "this": "This one's",
        Other = "other": "The other's",
        Both = "both": "Both",
    }
}

/// Whose value stays, by field. Where nothing is said it is the one's who stays, or the other's where they have none.
#[derive(Debug, Clone, Copy, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Picks {
    pub name: Option<Side>,
    pub kind: Option<Side>,
    pub email: Option<Side>,
    pub phone: Option<Side>,
    pub notes: Option<Pick>,
    pub external_id: Option<Side>,
    pub assigned_to: Option<Side>,
}

impl Side {
    pub(super) fn flipped(self) -> Self {
        match self {
            Self::This => Self::Other,
            Self::Other => Self::This,
        }
    }
}

impl Picks {
    /// The same choice, seen from the other of the two.
    pub(super) fn flipped(self) -> Self {
        let flip = |side: Option<Side>| side.map(Side::flipped);
        Self {
            name: flip(self.name),
            kind: flip(self.kind),
            email: flip(self.email),
            phone: flip(self.phone),
            notes: self.notes.map(|pick| match pick {
                Pick::This => Pick::Other,
                Pick::Other => Pick::This,
                Pick::Both => Pick::Both,
            }),
            external_id: flip(self.external_id),
            assigned_to: flip(self.assigned_to),
        }
    }

    fn of(&self, field: &str) -> Option<Side> {
        match field {
            "name" => self.name,
            "kind" => self.kind,
            "email" => self.email,
            "phone" => self.phone,
            "external_id" => self.external_id,
            "assigned_to" => self.assigned_to,
            _ => None,
        }
    }

    /// The fields of who stays that become others.
    pub(super) fn change(&self, stays: &Map<String, Value>, gone: &Map<String, Value>) -> Map<String, Value> {
        let mut change = Map::new();
        for (field, now) in stays {
            let theirs = gone.get(field).cloned().unwrap_or_default();
            let by_itself = if now.is_null() { Side::Other } else { Side::This };
            let value = match (field.as_str(), self.notes) {
                ("notes", Some(Pick::Both)) => both(now, &theirs),
                ("notes", Some(Pick::This)) => now.clone(),
                ("notes", Some(Pick::Other)) => theirs,
                _ => match self.of(field).unwrap_or(by_itself) {
                    Side::This => now.clone(),
                    Side::Other => theirs,
                },
            };
            if value != *now {
                change.insert(field.clone(), value);
            }
        }
        change
    }
}

fn both(now: &Value, theirs: &Value) -> Value {
    match (now.as_str(), theirs.as_str()) {
        (Some(now), Some(theirs)) if now != theirs => format!("{now}\n\n{theirs}").into(),
        (Some(_), _) => now.clone(),
        _ => theirs.clone(),
    }
}

#[test]
fn what_one_has_not_comes_from_the_other_and_what_is_chosen_counts() {
    let of = |value: Value| value.as_object().cloned().unwrap();
    let stays = of(serde_json::json!({ "name": "Ana", "email": null, "phone": "1", "notes": "a" }));
    let gone = of(serde_json::json!({ "name": "Anna", "email": "a@b.example", "phone": "2", "notes": "b" }));
    let plain = Picks::default().change(&stays, &gone);
    assert_eq!(Value::from(plain), serde_json::json!({ "email": "a@b.example" }));
    let chosen =
        Picks { name: Some(Side::Other), email: Some(Side::This), notes: Some(Pick::Both), ..Picks::default() };
    let changed = chosen.change(&stays, &gone);
    assert_eq!(Value::from(changed), serde_json::json!({ "name": "Anna", "notes": "a\n\nb" }));
    let from_there = chosen.flipped().change(&gone, &stays);
    assert_eq!(
        Value::from(from_there),
        serde_json::json!({ "email": null, "phone": "2", "notes": "b\n\na" })
            .as_object()
            .map(|map| {
                let mut map = map.clone();
                map.remove("phone");
                Value::from(map)
            })
            .unwrap()
    );
}
