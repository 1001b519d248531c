// Roles as they travel. Those of KOMBIT's public samples are theirs; the others are invented here, as a municipality would
// read them in its classification system and write them in its configuration (config/sf1470.yaml).
export const roles = {
  Ejer: '9e979b84-b846-4472-8622-58007dc63c7e',
  Ansvarlig: 'a1263342-d348-44ba-a566-233f37c4cb67',
  PrimaerBehandler: 'bf1f93ed-9441-4af4-835b-baeb201f3076',
  AndreBehandlere: 'd7e0da14-a1bc-4f2c-aac8-bcafac8267aa',
  PrimaerPart: 'd839f26a-d4d1-4441-b2d6-3dbbb12a9404',
  SekundaerPart: 'd7e0da14-a5cc-4994-acc9-cc39cc9618f6',
  Ydelsesmodtager: 'd7e0da14-67c3-442f-aab6-c344ab68ea67',
  PrimaerKlasse: 'a86c6581-ec85-412d-a655-31a1f1d5b14f',
  Handlingsklasse: '05ef7011-11a7-4e4c-a46b-3de6aa457fc3',
  Indsatsklasse: 'd7e0da14-f157-4fbd-af67-572ff6775519',
  Ydelsesklasse: 'd7e0da14-ed02-48ed-af2d-0238f2d7d160',
  Master: '251c24fd-57b0-4afc-9d73-b063d1957eb3',
  Afsender: 'd7e0da14-2f73-42fa-a4ac-73c24ac2940f',
} as const;
export type RoleName = keyof typeof roles;

export const types = {
  organisation: 'bc6972cd-8f2b-4b9d-8d37-62916d6a71aa',
  unit: 'c5fc3b3b-5197-49ee-92e6-ae6ba1957174',
  user: '85d65133-4b00-460d-992e-3984857b5768',
  person: 'c189ba35-de4b-4363-a8b7-67f1456cf56f',
  topic: '267235ea-526d-4a18-8001-f2a0e563eba1',
  system: '29fe1da2-897a-46cd-b635-b9be8e0bffd6',
} as const;

/** The IT systems that cases are kept in: ids as in the municipality's administration of systems. */
export const masters = {
  momentum: { id: 'd7e0da14-a33b-430a-a2db-3b532db26924', name: 'KMD Momentum' },
  sensum: { id: 'd7e0da14-fc95-4e88-a084-95ee084819bd', name: 'EG Sensum' },
  omsorg: { id: 'd7e0da14-9a92-4989-ab65-9239b65489e2', name: 'Sundhed og Omsorg' },
  dubu: { id: 'd7e0da14-d550-4517-a898-50b589824ec1', name: 'DUBU' },
  byg: { id: 'd7e0da14-21a3-49e8-a5c1-a3095c17dc4a', name: 'Byg og Miljø' },
} as const;
export type Master = keyof typeof masters;
