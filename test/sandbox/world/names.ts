// Names and places of the synthetic municipality Egevang, which does not exist. Common Danish given names by age group,
// family names in rough order of frequency; streets, towns, workplaces and municipality codes are made up, and no
// letters are delivered under the postal codes.

export const givenNames = {
  female: {
    old: ['Kirsten', 'Inge', 'Else', 'Birthe', 'Karen', 'Jytte', 'Ruth', 'Grethe', 'Bodil', 'Lis', 'Tove', 'Aase'],
    middle: [
      'Mette',
      'Lone',
      'Charlotte',
      'Pia',
      'Heidi',
      'Tina',
      'Anja',
      'Dorthe',
      'Camilla',
      'Louise',
      'Amina',
      'Leyla',
      'Agnieszka',
      'Rikke',
    ],
    young: [
      'Emma',
      'Ida',
      'Freja',
      'Sofie',
      'Laura',
      'Maja',
      'Clara',
      'Josefine',
      'Alma',
      'Yasmin',
      'Signe',
      'Liva',
      'Nanna',
      'Astrid',
    ],
  },
  male: {
    old: ['Jørgen', 'Poul', 'Erik', 'Knud', 'Svend', 'Kaj', 'Bent', 'Aage', 'Børge', 'Leif', 'Verner', 'Ejner'],
    middle: [
      'Lars',
      'Henrik',
      'Søren',
      'Michael',
      'Thomas',
      'Jesper',
      'Kim',
      'Brian',
      'Carsten',
      'Mehmet',
      'Ahmad',
      'Piotr',
      'Bjarne',
      'Torben',
    ],
    young: [
      'Noah',
      'Oscar',
      'William',
      'Emil',
      'Malthe',
      'Viktor',
      'Oliver',
      'August',
      'Elias',
      'Omar',
      'Magnus',
      'Villads',
      'Frederik',
      'Storm',
    ],
  },
} as const;

export const middleNames = [
  'Marie',
  'Bach',
  'Lund',
  'Kjær',
  'Dam',
  'Skov',
  'Friis',
  'Holm',
  'Vestergaard',
  'Bruun',
] as const;

export const familyNames = [
  'Nielsen',
  'Jensen',
  'Hansen',
  'Pedersen',
  'Andersen',
  'Christensen',
  'Larsen',
  'Sørensen',
  'Rasmussen',
  'Jørgensen',
  'Petersen',
  'Madsen',
  'Kristensen',
  'Olsen',
  'Thomsen',
  'Poulsen',
  'Johansen',
  'Møller',
  'Mortensen',
  'Knudsen',
  'Ahmed',
  'Yilmaz',
  'Hussein',
  'Kowalski',
  'Nguyen',
  'Østergaard',
  'Nørgaard',
  'Bjerregaard',
  'Løvgren',
  'Ågesen',
] as const;

/** The family of the showcase citizen; nobody else's. */
export const showcaseFamily = 'Sandkasse';

/** `0999` and the other codes from 0990 up are given to no municipality. */
export const home = { code: '0999', name: 'Egevang' } as const;
export const otherMunicipalities = [
  { code: '0996', name: 'Lyngsø', postalCode: '9995', city: 'Lyngsø' },
  { code: '0997', name: 'Havneby', postalCode: '9996', city: 'Havneby' },
  { code: '0998', name: 'Bakkedal', postalCode: '9997', city: 'Bakkedal' },
] as const;

export const towns = [
  { postalCode: '9991', city: 'Egevang' },
  { postalCode: '9992', city: 'Egevang Strand' },
  { postalCode: '9993', city: 'Nørre Ege' },
  { postalCode: '9994', city: 'Agerskovby' },
] as const;

export const streets = [
  'Egetræsvej',
  'Nørregade',
  'Skolevænget',
  'Møllebakken',
  'Kirkestien',
  'Åparken',
  'Stationsvej',
  'Bøgelunden',
  'Fjordblik',
  'Hyldevænget',
  'Rønnebærvej',
  'Søndergade',
  'Tårnparken',
  'Gl. Landevej',
  'Østervang',
  'Kløvermarken',
] as const;

export const workplaces = [
  'Egevang Byg & Bolig',
  'Brugsen i Nørre Ege',
  'Strandens Bageri',
  'Fjordens Planteskole',
  'Egevang Bibliotek',
  'Nordlager Logistik',
  'Plejecenter Åparken',
  'Kantinen på Egevang Rådhus',
  'Genbrugsbutikken Anden Tur',
  'Autogården Agerskovby',
] as const;
