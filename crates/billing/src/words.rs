//! The words of papers that customers take along, in the company's language: invoices, estimates, receipts and their like. They
//! are named by the English ones; a language that is not here has those.
use jiff::civil::Date;
use kernel::Tenant;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Language {
    English,
    German,
    French,
    Spanish,
}

/// The words of one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Words(Language);

/// English, German, French, Spanish.
const ALL: &[[&str; 4]] = &[
    ["Invoice", "Rechnung", "Facture", "Factura"],
    ["Invoice {}", "Rechnung {}", "Facture {}", "Factura {}"],
    ["Credit note {}", "Gutschrift {}", "Avoir {}", "Nota de crédito {}"],
    ["Receipt", "Quittung", "Reçu", "Recibo"],
    ["Statement", "Kontoauszug", "Relevé de compte", "Estado de cuenta"],
    ["Estimate", "Angebot", "Devis", "Presupuesto"],
    ["Estimate {}", "Angebot {}", "Devis {}", "Presupuesto {}"],
    ["Work order {}", "Arbeitsauftrag {}", "Bon de travail {}", "Orden de trabajo {}"],
    [
        "Number is given at issue",
        "Die Nummer folgt mit der Ausstellung",
        "Le numéro est attribué à l’émission",
        "El número se asigna al emitirla",
    ],
    [
        "Number is given when it is sent",
        "Die Nummer folgt mit dem Versand",
        "Le numéro est attribué à l’envoi",
        "El número se asigna al enviarlo",
    ],
    ["Revision {}", "Fassung {}", "Révision {}", "Revisión {}"],
    ["Bill to", "Rechnung an", "Facturé à", "Facturar a"],
    ["Credit to", "Gutschrift an", "Avoir pour", "Abono a"],
    ["Customer", "Kunde", "Client", "Cliente"],
    ["Place of work", "Einsatzort", "Lieu d’intervention", "Lugar del trabajo"],
    ["For", "Für", "Pour", "Para"],
    ["From", "Von", "De", "De"],
    ["To", "Bis", "Au", "Hasta"],
    ["Issued", "Ausgestellt", "Émise le", "Emitida"],
    ["Due", "Fällig", "À payer", "A pagar"],
    ["Due on", "Fällig am", "Échéance", "Vence el"],
    ["Terms", "Bedingungen", "Conditions", "Condiciones"],
    ["Due at once", "Sofort fällig", "Payable immédiatement", "Pago inmediato"],
    ["Net {}", "{} Tage netto", "{} jours net", "{} días neto"],
    ["Your reference", "Ihr Zeichen", "Votre référence", "Su referencia"],
    ["Reference", "Zeichen", "Référence", "Referencia"],
    ["For invoice", "Zu Rechnung", "Pour la facture", "Para la factura"],
    ["For invoice {}", "Zu Rechnung {}", "Pour la facture {}", "Para la factura {}"],
    ["Reason", "Grund", "Motif", "Motivo"],
    ["About", "Betrifft", "Objet", "Asunto"],
    ["Good until", "Gültig bis", "Valable jusqu’au", "Válido hasta"],
    ["Visit", "Termin", "Visite", "Visita"],
    ["Technician", "Techniker", "Technicien", "Técnico"],
    ["Finished", "Fertiggestellt", "Terminé", "Terminado"],
    ["Received", "Erhalten", "Reçu", "Recibido"],
    ["By", "Per", "Par", "Por"],
    ["Description", "Beschreibung", "Description", "Descripción"],
    ["What was done and used", "Leistungen und Material", "Travaux et fournitures", "Trabajos y materiales"],
    ["Qty", "Menge", "Qté", "Cant."],
    ["Rate", "Preis", "Prix", "Precio"],
    ["Amount", "Betrag", "Montant", "Importe"],
    ["Balance", "Saldo", "Solde", "Saldo"],
    ["Day", "Tag", "Date", "Fecha"],
    ["What", "Vorgang", "Opération", "Concepto"],
    ["Open", "Offen", "Restant dû", "Pendiente"],
    ["Open invoices", "Offene Rechnungen", "Factures ouvertes", "Facturas pendientes"],
    ["Open on {} today", "Heute offen auf {}", "Restant dû sur {} ce jour", "Pendiente hoy en {}"],
    ["Balance before", "Saldo zuvor", "Solde antérieur", "Saldo anterior"],
    ["Owed", "Zu zahlen", "À payer", "A pagar"],
    ["Of this overdue", "Davon überfällig", "Dont en retard", "De ello vencido"],
    ["Equipment", "Anlage", "Équipement", "Equipo"],
    ["Make and model", "Hersteller und Modell", "Marque et modèle", "Marca y modelo"],
    ["Serial number", "Seriennummer", "Numéro de série", "Número de serie"],
    ["Checked", "Geprüft", "Contrôlé", "Revisado"],
    ["Found", "Befund", "Constat", "Resultado"],
    ["Photo taken", "Foto aufgenommen", "Photo prise", "Foto tomada"],
    ["Yes", "Ja", "Oui", "Sí"],
    ["No", "Nein", "Non", "No"],
    ["To be {}", "Soll: {}", "Attendu : {}", "Debe ser {}"],
    ["Free: {}", "Kostenlos: {}", "Gratuit : {}", "Gratis: {}"],
    ["What was asked for", "Auftrag", "Demande", "Lo solicitado"],
    ["Name, date and signature", "Name, Datum und Unterschrift", "Nom, date et signature", "Nombre, fecha y firma"],
    ["Name and date", "Name und Datum", "Nom et date", "Nombre y fecha"],
    ["Agreed before the work", "Vor der Arbeit vereinbart", "Accord avant les travaux", "Acordado antes del trabajo"],
    [
        "Accepted after the work",
        "Nach der Arbeit abgenommen",
        "Réception après les travaux",
        "Aceptado después del trabajo",
    ],
    [
        "this is not what was signed",
        "das ist nicht, was unterschrieben wurde",
        "ce n’est pas ce qui a été signé",
        "no es lo que se firmó",
    ],
    [
        "the lines were other ones then",
        "die Positionen waren damals andere",
        "les lignes étaient alors différentes",
        "las líneas eran otras entonces",
    ],
    ["Subtotal", "Zwischensumme", "Sous-total", "Subtotal"],
    ["Net", "Netto", "Net", "Neto"],
    ["Discount", "Rabatt", "Remise", "Descuento"],
    ["Less {}", "Abzüglich {}", "Moins {}", "Menos {}"],
    ["Tax", "Steuer", "Taxe", "Impuesto"],
    ["Tax, in the total", "Steuer, im Gesamtbetrag", "Taxe, dans le total", "Impuesto, en el total"],
    ["in the total", "im Gesamtbetrag", "dans le total", "en el total"],
    ["Total", "Gesamt", "Total", "Total"],
    ["Paid {}, {}", "Bezahlt {}, {}", "Payé le {}, {}", "Pagado {}, {}"],
    ["Credited", "Gutgeschrieben", "Avoir", "Abonado"],
    ["Given back", "Gutgeschrieben", "Remboursé", "Devuelto"],
    ["Kept as your credit", "Als Ihr Guthaben behalten", "Conservé comme avoir", "Guardado como saldo a favor"],
    [
        "{} is kept as your credit.",
        "{} bleibt als Ihr Guthaben stehen.",
        "{} est conservé comme avoir.",
        "{} queda como saldo a su favor.",
    ],
    ["Deposit on approval", "Anzahlung bei Zusage", "Acompte à l’acceptation", "Anticipo al aprobar"],
    ["recommended", "empfohlen", "recommandé", "recomendado"],
    ["as approved", "wie angenommen", "comme accepté", "según lo aprobado"],
    ["Approved {}", "Angenommen {}", "Accepté {}", "Aprobado {}"],
    [
        "If you like; not in the total",
        "Auf Wunsch; nicht im Gesamtbetrag",
        "En option ; hors du total",
        "Opcional; no incluido en el total",
    ],
    ["See, choose and approve", "Ansehen, wählen und annehmen", "Voir, choisir et accepter", "Ver, elegir y aprobar"],
    ["Draft", "Entwurf", "Brouillon", "Borrador"],
    ["Void", "Storniert", "Annulée", "Anulada"],
    ["Replaced", "Ersetzt", "Remplacé", "Sustituido"],
    ["Declined", "Abgelehnt", "Refusé", "Rechazado"],
    ["Expired", "Abgelaufen", "Expiré", "Vencido"],
    ["Withdrawn", "Zurückgezogen", "Retiré", "Retirado"],
    ["Cancelled", "Abgesagt", "Annulé", "Cancelado"],
    ["Taken back", "Zurückgenommen", "Annulé", "Anulado"],
    ["Cash", "Bar", "Espèces", "Efectivo"],
    ["Cheque", "Scheck", "Chèque", "Cheque"],
    ["Bank transfer", "Überweisung", "Virement", "Transferencia"],
    ["Card terminal", "Kartenzahlung", "Terminal de carte", "Terminal de tarjeta"],
    ["Card online", "Karte online", "Carte en ligne", "Tarjeta en línea"],
    ["by the link", "über den Link", "par le lien", "por el enlace"],
    ["on the phone", "am Telefon", "par téléphone", "por teléfono"],
    ["in person", "persönlich", "en personne", "en persona"],
    ["by e-mail", "per E-Mail", "par e-mail", "por correo electrónico"],
    ["in another way", "auf anderem Weg", "autrement", "de otra forma"],
    ["Payment", "Zahlung", "Paiement", "Pago"],
    ["Payment taken back", "Zahlung zurückgenommen", "Paiement annulé", "Pago anulado"],
    ["Credit note", "Gutschrift", "Avoir", "Nota de crédito"],
    ["Credit used", "Guthaben verrechnet", "Avoir utilisé", "Saldo a favor aplicado"],
    ["Money given back", "Geld erstattet", "Remboursement", "Reembolso"],
    ["Given back to a card", "Auf die Karte erstattet", "Remboursé sur la carte", "Reembolso a la tarjeta"],
    [
        "Given back to a card in vain",
        "Erstattung auf die Karte gescheitert",
        "Remboursement sur la carte échoué",
        "Reembolso a la tarjeta fallido",
    ],
    ["Card payment disputed", "Kartenzahlung angefochten", "Paiement par carte contesté", "Pago con tarjeta disputado"],
    ["Dispute decided", "Anfechtung entschieden", "Litige tranché", "Disputa resuelta"],
    ["Page {page} of {pages}", "Seite {page} von {pages}", "Page {page} sur {pages}", "Página {page} de {pages}"],
];

/// Monday first; January first.
const DAYS: [[&str; 7]; 4] = [
    ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"],
    ["Mo", "Di", "Mi", "Do", "Fr", "Sa", "So"],
    ["lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim."],
    ["lun", "mar", "mié", "jue", "vie", "sáb", "dom"],
];
const MONTHS: [[&str; 12]; 4] = [
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    [
        "Januar",
        "Februar",
        "März",
        "April",
        "Mai",
        "Juni",
        "Juli",
        "August",
        "September",
        "Oktober",
        "November",
        "Dezember",
    ],
    [
        "janvier",
        "février",
        "mars",
        "avril",
        "mai",
        "juin",
        "juillet",
        "août",
        "septembre",
        "octobre",
        "novembre",
        "décembre",
    ],
    [
        "enero",
        "febrero",
        "marzo",
        "abril",
        "mayo",
        "junio",
        "julio",
        "agosto",
        "septiembre",
        "octubre",
        "noviembre",
        "diciembre",
    ],
];

impl Words {
    /// Of the screens, which are in English.
    pub const SCREEN: Self = Self(Language::English);

    pub fn of(tenant: &Tenant) -> Self {
        Self(match tenant.locale.language.split('-').next().unwrap_or_default() {
            "de" => Language::German,
            "fr" => Language::French,
            "es" => Language::Spanish,
            _ => Language::English,
        })
    }

    pub fn say(self, english: &str) -> String {
        let column = self.0 as usize;
        let found = ALL.iter().find(|words| words[0] == english);
        debug_assert!(found.is_some(), "no paper says “{english}”");
        found.map_or(english, |words| words[column]).to_owned()
    }

    /// With what stands where `{}` is, one after the other.
    pub fn with(self, english: &str, values: &[&str]) -> String {
        values.iter().fold(self.say(english), |said, value| said.replacen("{}", value, 1))
    }

    /// "Wed 8 Jul 2026", "Mi 8. Juli 2026", "mer. 8 juillet 2026", "mié 8 de julio de 2026".
    pub fn day(self, date: Date) -> String {
        let column = self.0 as usize;
        let weekday = DAYS[column][usize::from(date.weekday().to_monday_zero_offset().unsigned_abs())];
        let month = MONTHS[column][usize::from((date.month() - 1).unsigned_abs())];
        let (day, year) = (date.day(), date.year());
        match self.0 {
            Language::English | Language::French => format!("{weekday} {day} {month} {year}"),
            Language::German => format!("{weekday} {day}. {month} {year}"),
            Language::Spanish => format!("{weekday} {day} de {month} de {year}"),
        }
    }

    /// 1500 as "1.5", or "1,5" where decimals have a comma.
    pub fn number(self, plain: String) -> String {
        match self.0 {
            Language::English => plain,
            Language::German | Language::French | Language::Spanish => plain.replace('.', ","),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn each_is_said_once_in_each_language_with_the_same_places() {
        let mut known = HashSet::new();
        for words in ALL {
            assert!(known.insert(words[0]), "{} twice", words[0]);
            let places = words[0].matches('{').count();
            assert!(words.iter().all(|word| !word.is_empty() && word.matches('{').count() == places), "{words:?}");
        }
    }

    #[test]
    fn what_is_chosen_elsewhere_has_its_word() {
        use crate::{ledger, payment::Method};
        let own = [ledger::Kind::CardFee, ledger::Kind::WriteOff, ledger::Kind::WriteOffReversal];
        let books = |kind: &ledger::Kind| {
            let name = kind.as_str();
            name.starts_with("payout") || name.starts_with("earned") || own.contains(kind)
        };
        for kind in ledger::Kind::ALL.iter().filter(|kind| !books(kind)) {
            Words::SCREEN.say(kind.label());
        }
        for method in Method::ALL {
            Words::SCREEN.say(method.label());
        }
        for kind in work::signature::Kind::ALL {
            Words::SCREEN.say(kind.label());
        }
    }

    #[test]
    fn days_are_written_as_they_are_said() {
        let day = jiff::civil::date(2026, 3, 8);
        let said =
            [Language::English, Language::German, Language::French, Language::Spanish].map(|one| Words(one).day(day));
        assert_eq!(said, ["Sun 8 Mar 2026", "So 8. März 2026", "dim. 8 mars 2026", "dom 8 de marzo de 2026"]);
    }
}
