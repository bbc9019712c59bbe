//! Customers and prices that came from the systems the companies used before: of each one file was imported, one waits for its columns.
use serde_json::json;

use super::{Result, Weeks};

/// As Jobber writes it: a line for each place, fields of its own in brackets, sums at the end.
const CLIENTS: &str = "\
J-ID,Display Name,First Name,Last Name,Company Name,Main Phone #s,E-mails,Service Street 1,Service City,Service State,Service Zip code,Tags,CFT[Filter size],PFT[Attic hatch]
20417,Tobias Pruitt,Tobias,Pruitt,,(217) 555-0611,tobias.pruitt@example.com,31 Quarry Ln,Sherman,IL,62684,Maintenance plan,16X20X1,hall closet
20433,Quincy Marsh,Quincy,Marsh,,\"(217) 555-0623, (217) 555-0624\",quincy.marsh@example.com,8 Harbor Ct,Springfield,IL,62704,,20x25x1,
20433,Quincy Marsh,Quincy,Marsh,,\"(217) 555-0623, (217) 555-0624\",quincy.marsh@example.com,90 Lakeview Dr,Chatham,IL,62629,,20x25x1,garage
20458,,Ingrid,Vogel,Vogel Print Shop,(217) 555-0637,office@vogelprint.example,415 Depot Rd,Springfield,IL,62703,Net 30,,roof
20461,Rivera Residence,,,,(217) 555-0110,rivera.residence@example.com,12 Elm St,Springfield,IL,62701,VIP,16x20x1,
20477,Wendell Ross,Wendell,Ross,,217-555-06,wendell.ross at example.com,2 Mason St,Springfield,IL,62702,,,
20480,,,,,(217) 555-0655,nobody@example.com,77 Vine St,Springfield,IL,62702,,,
20491,Yolanda Tate,Yolanda,Tate,,(217) 555-0668,yolanda.tate@example.com,5 Garden Ct,Rochester,IL,62563,,18x18x2,
,Totals,,,,7,,,,,,,,
";

/// Has fields that the company has not: whoever matches the columns is asked what becomes of them.
const BRANCH: &str = "\
J-ID,Display Name,Main Phone #s,E-mails,Service Street 1,Service City,CFT[Gate code],CFT[Contract],CFT[Has a dog]
7001,Ulrich Yates,(217) 555-0701,ulrich.yates@example.com,12 Station Rd,Decatur,#4471,Yearly,yes
7002,Vera Zane,(217) 555-0702,vera.zane@example.com,3 Foundry St,Decatur,,Monthly,no
7003,Walter Urban,(217) 555-0703,,88 Canal St,Decatur,0912,Yearly,no
7004,Xenia Young,,xenia.young@example.com,41 Grove Ave,Decatur,,Yearly,yes
7005,Yusuf Vance,(217) 555-0705,yusuf.vance@example.com,6 Orchard Pl,Decatur,,Monthly,no
7006,Zelda West,(217) 555-0706,zelda.west@example.com,230 Mill St,Decatur,#8,Monthly,yes
";

const IMPORTS: &str = "/api/v1/customer-imports";

/// A supplier's list: what is known is dearer, some is new, two lines are refused.
const SUPPLIES: &str = "\
Item,SKU,Type,Group,Unit price,Unit cost,UOM,Components
Run capacitor 40/5 uF,RC-405,Product,Supplies > Capacitors,58.00,14.20,,
Run capacitor 45/5 uF,RC-455,Product,Supplies > Capacitors,64.00,16.90,,
Contactor 2 pole 30 A,CT-230,Product,Supplies > Contactors,72.50,19.40,,
Condensate pump,CP-20,Product,Supplies,148.00,61.00,,
Line set 3/8 x 3/4,LS-3834,Product,Supplies,14.80,6.10,ft,
Start kit,KIT-START,Kit,Supplies,118.00,,,\"1 x RC-455
1 x CT-230\"
Thermostat wire,TW-18,Product,Supplies,one forty,0.38,ft,
Float switch,FS-2,Boat,Supplies,39.00,11.00,,
";

/// As it waits for its columns.
const BRANCH_BOOK: &str = "\
What it is,Number,Sort,Sells for
Filter 16x20x1,F-16201,Product,12.00
Filter 20x25x1,F-20251,Product,16.00
";

const BOOKS: &str = "/api/v1/price-book-imports";

impl Weeks<'_> {
    pub(super) async fn imports(&self) -> Result<()> {
        let made = self.caller.upload(IMPORTS, "jobber-clients.csv", CLIENTS.as_bytes(), &[]).await?;
        let path = format!("{IMPORTS}/{made}");
        for verb in ["check", "run"] {
            self.caller.post(&format!("{path}/{verb}"), json!({})).await?;
            kernel::job::worker::drain(&self.house).await.map_err(|e| e.to_string())?;
        }
        self.caller.upload(IMPORTS, "decatur-branch.csv", BRANCH.as_bytes(), &[]).await?;
        let made = self.caller.upload(BOOKS, "supplier-prices.csv", SUPPLIES.as_bytes(), &[]).await?;
        for verb in ["check", "run"] {
            self.caller.post(&format!("{BOOKS}/{made}/{verb}"), json!({})).await?;
            kernel::job::worker::drain(&self.house).await.map_err(|e| e.to_string())?;
        }
        self.caller.upload(BOOKS, "decatur-prices.csv", BRANCH_BOOK.as_bytes(), &[]).await.map(drop)
    }
}
