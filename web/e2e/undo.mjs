// A chapter of the day: what is put away by mistake is back with one press.
import { follow, heading, press } from './eyes.mjs';

async function undo(eyes, page, says, name) {
  const toast = page.locator('[data-toast]', { hasText: says });
  await toast.waitFor();
  await eyes.see(page, name);
  await toast.getByRole('button', { name: 'Undo' }).click();
}

export async function takeBack(eyes, page, company) {
  await page.goto(`${company.home}/price-book`);
  await follow(page, /^Run capacitor/);
  await press(page, 'Take out of the price book');
  await undo(eyes, page, 'is out of the price book', 'undo-item');
  await page.getByText('is back in the price book').first().waitFor();
  await page.goto(`${company.home}/price-book`);
  await page.getByRole('link', { name: /^Run capacitor/ }).first().waitFor();

  await page.goto(`${company.home}/customers`);
  await follow(page, /^Okafor, Ada/);
  await heading(page, 'Okafor, Ada');
  await press(page, 'More actions');
  await page.getByRole('menuitem', { name: 'Archive' }).click();
  await undo(eyes, page, 'is archived', 'undo-customer');
  await page.waitForURL(/\/customers/);
  await page.goto(`${company.home}/customers`);
  await page.getByRole('link', { name: /^Okafor, Ada/ }).first().waitFor();

  await page.goto(`${company.home}/settings/people`);
  await follow(page, /^Tess Turner/);
  await press(page, 'End access');
  await undo(eyes, page, 'can no longer sign in', 'undo-member');
  await page.getByText('can sign in again').first().waitFor();
}
