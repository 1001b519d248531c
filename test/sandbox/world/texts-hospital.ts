// The invented region's hospital, its departments, and what they write to the municipality. SOR and GLN numbers belong to
// nobody.
import type { Party } from '../fhir-inbox/bundle.ts';

const party = (n: number, name: string): Party => ({
  name,
  sor: `99900000000${1000 + n}`,
  gln: `579000000${1000 + n}`,
});

export const wards = [
  party(1, 'Reumatologisk Afdeling, Egevang Sygehus'),
  party(2, 'Medicinsk Afdeling M2, Egevang Sygehus'),
  party(3, 'Ortopædkirurgisk Afdeling, Egevang Sygehus'),
  party(4, 'Geriatrisk Afdeling, Egevang Sygehus'),
  party(5, 'Neurologisk Afdeling, Egevang Sygehus'),
  party(6, 'Psykiatrisk Afdeling P3, Egevang Sygehus'),
] as const;
export const emergencyWard = party(9, 'Akutmodtagelsen, Egevang Sygehus');
export const homeNursing = party(20, 'Hjemmesygeplejen, Egevang Kommune');

/** Category, topic, what the ward writes, what the home nursing answers. */
export const letters = [
  ['discharge', 'Udskrivelse i morgen', 'Udskrives i morgen formiddag.', 'Vi er klar fra kl. 13.'],
  ['carecoordination', 'Hjælp i hjemmet', 'Har brug for hjælp til bad.', 'Visitator kommer på besøg.'],
  ['training', 'Genoptræningsplan', 'Genoptræningsplanen er sendt.', 'Træningen begynder i næste uge.'],
  ['assistive-devices', 'Rollator', 'Skal have en rollator med hjem.', 'Den bliver leveret.'],
  ['medicine', 'Medicinændring', 'Der er ændret i medicinen.', 'Tak, vi retter medicinkortet.'],
  ['nursing', 'Sårpleje', 'Såret skal skiftes hver anden dag.', 'Modtaget, vi kommer tirsdag.'],
] as const;
