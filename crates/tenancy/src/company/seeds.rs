//! The first rows of a company: roles, owner, key, and what is told of them.
use jiff::Timestamp;
use kernel::{Event, PERMISSIONS, Reach, Role};
use tokio_postgres::types::ToSql;
use uuid::Uuid;
use walls::tenant::SeedStatement;

use super::create::NewCompany;
use crate::{
    MemberId,
    api_key::{self, ApiKeyId},
    files::FileId,
    member::{InvitationId, MemberCreated, email_key},
    role, secret,
};

type Params = Vec<Box<dyn ToSql + Sync + Send>>;

/// Statements that fill a new company, run in the transaction that makes it.
pub(super) struct Seeds {
    pub list: Vec<SeedStatement>,
    pub tenant: Uuid,
    pub owner: MemberId,
    pub at: Timestamp,
}

impl Seeds {
    pub fn new(tenant: Uuid, at: Timestamp) -> Self {
        Self { list: vec![], tenant, owner: MemberId::new(), at }
    }

    fn add(&mut self, sql: &'static str, params: Params) {
        self.list.push(SeedStatement::new(sql, params));
    }

    pub fn roles(&mut self) {
        let text = |role: &Role| role.to_string();
        let ids: Vec<Uuid> = Role::ALL.iter().map(|_| Uuid::now_v7()).collect();
        let names: Vec<String> = Role::ALL.iter().map(text).collect();
        let labels: Vec<String> = Role::ALL.iter().map(|role| role.label().to_owned()).collect();
        self.add(
            "insert into role (tenant_id, id, name, label, system, seeded, created_at, updated_at)
             select $1, r.id, r.name, r.label, true, $5, $6, $6 from unnest($2::uuid[], $3::text[], $4::text[]) as r(id, name, label)",
            vec![Box::new(self.tenant), Box::new(ids), Box::new(names), Box::new(labels), Box::new(role::CATALOGUE.clone()), Box::new(self.at)],
        );
        let held = Role::ALL
            .iter()
            .flat_map(|role| role::permissions_of(*role).into_iter().map(move |name| (role.to_string(), name)));
        let (roles, permissions): (Vec<String>, Vec<String>) = held.unzip();
        self.add(
            "insert into role_permission (tenant_id, role, permission)
             select $1, p.role, p.permission from unnest($2::text[], $3::text[]) as p(role, permission)",
            vec![Box::new(self.tenant), Box::new(roles), Box::new(permissions)],
        );
        let reached =
            Role::ALL.iter().flat_map(|role| role::nouns().map(move |noun| (role, noun, noun.of_role(*role))));
        let (mut roles, mut nouns, mut reaches) = (vec![], vec![], vec![]);
        for (role, noun, reach) in reached.filter(|(.., reach)| *reach != Reach::All) {
            roles.push(role.to_string());
            nouns.push(noun.name.to_owned());
            reaches.push(reach.to_string());
        }
        self.add(
            "insert into role_reach (tenant_id, role, noun, reach)
             select $1, h.role, h.noun, h.reach from unnest($2::text[], $3::text[], $4::text[]) as h(role, noun, reach)",
            vec![Box::new(self.tenant), Box::new(roles), Box::new(nouns), Box::new(reaches)],
        );
    }

    pub fn told<E: Event>(&mut self, event: &E) {
        let body = serde_json::to_value(event).unwrap_or_default();
        self.add(
            "insert into audit (tenant_id, id, at, actor_kind, actor_id, actor_name, action, subject, request_id, detail)
             values ($1, $2, $3, 'system', null, 'sign-up', $4, $5, $2, $6)",
            vec![Box::new(self.tenant), Box::new(Uuid::now_v7()), Box::new(self.at), Box::new(E::KIND), Box::new(event.subject()), Box::new(body.clone())],
        );
        self.add(
            "insert into ops.outbox (tenant_id, id, at, kind, subject, body) values ($1, $2, $3, $4, $5, $6)",
            vec![
                Box::new(self.tenant),
                Box::new(Uuid::now_v7()),
                Box::new(self.at),
                Box::new(E::KIND),
                Box::new(event.subject()),
                Box::new(body),
            ],
        );
    }

    pub fn owner(&mut self, new: &NewCompany, password_hash: String) {
        let email = new.owner_email.trim().to_lowercase();
        let key = email_key(&email);
        self.add(
            "insert into member (tenant_id, id, email, email_key, name, phone, role, password_hash, created_at, updated_at)
             values ($1, $2, $3, $4, $5, $6, 'owner', $7, $8, $8)",
            vec![
                Box::new(self.tenant), Box::new(self.owner.0), Box::new(email), Box::new(key), Box::new(new.owner_name.trim().to_owned()),
                Box::new(new.owner_phone.clone()), Box::new(password_hash), Box::new(self.at),
            ],
        );
        self.told(&MemberCreated { member: self.owner, role: Role::Owner.into() });
    }

    pub fn first_key(&mut self) -> String {
        let (id, key) = (ApiKeyId::new(), api_key::draw(self.tenant));
        let mut scopes: Vec<String> = PERMISSIONS.iter().map(|p| p.name.to_owned()).collect();
        scopes.sort();
        scopes.dedup();
        let told = api_key::ApiKeyCreated { key: id, scopes: scopes.len() as i64 };
        self.add(
            "insert into api_key (tenant_id, id, name, prefix, secret_hash, scopes, created_at, updated_at, created_by)
             values ($1, $2, 'First key', $3, $4, $5, $6, $6, $7)",
            vec![
                Box::new(self.tenant),
                Box::new(id.0),
                Box::new(api_key::prefix(&key)),
                Box::new(secret::hash(&key)),
                Box::new(scopes),
                Box::new(self.at),
                Box::new(self.owner.0),
            ],
        );
        self.told(&told);
        key
    }

    pub fn handover(&mut self) -> String {
        let token = secret::draw();
        let until = self.at.saturating_add(jiff::SignedDuration::from_hours(1)).unwrap_or(self.at);
        self.add(
            "insert into invitation (tenant_id, id, member_id, purpose, token_hash, expires_at, created_at)
             values ($1, $2, $3, 'handover', $4, $5, $6)",
            vec![
                Box::new(self.tenant),
                Box::new(InvitationId::new().0),
                Box::new(self.owner.0),
                Box::new(secret::hash(&token)),
                Box::new(until),
                Box::new(self.at),
            ],
        );
        token
    }

    pub fn logo(&mut self, media_type: &str, bytes: &bytes::Bytes) -> FileId {
        // The company's own id: made a second time, after a first that did not come to its end, it is the same file.
        let id = FileId(self.tenant);
        self.add(
            "insert into file (tenant_id, id, name, media_type, size, sha256, purpose, created_at, created_by)
             values ($1, $2, 'logo', $3, $4, $5, 'logo', $6, $7)",
            vec![
                Box::new(self.tenant),
                Box::new(id.0),
                Box::new(media_type.to_owned()),
                Box::new(bytes.len() as i64),
                Box::new(kernel::secret::hash(bytes)),
                Box::new(self.at),
                Box::new(self.owner.0),
            ],
        );
        id
    }
}
