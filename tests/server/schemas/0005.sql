BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('0005');
CREATE TABLE audit (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	at DATETIME NOT NULL, 
	who VARCHAR(60) NOT NULL, 
	what VARCHAR(60) NOT NULL, 
	subject VARCHAR(200) NOT NULL
);
INSERT INTO "audit" VALUES(1,'2026-11-25 22:31:52.072000','setup','district-made','01a214d6-3406-7070-98fd-e14df5d9299b');
INSERT INTO "audit" VALUES(2,'2026-11-25 22:31:52.085000','cli','form-published','parent_contact 2026112301');
INSERT INTO "audit" VALUES(3,'2026-11-25 22:31:52.088000','cli','school-added','01a214d6-3417-79ba-b762-b6f9de8b1b70');
INSERT INTO "audit" VALUES(4,'2026-11-25 22:31:52.093000','cli','school-added','01a214d6-341d-79f7-bee1-c689384bc875');
INSERT INTO "audit" VALUES(5,'2026-11-25 22:31:52.099000','cli','officer-added','01a214d6-3420-7d06-94eb-13e800e9e695');
INSERT INTO "audit" VALUES(6,'2026-11-25 22:31:52.105000','cli','officer-posted','01a214d6-3420-7d06-94eb-13e800e9e695');
INSERT INTO "audit" VALUES(7,'2026-11-25 22:31:52.106000','cli','officer-added','01a214d6-342a-7981-bfa9-944e84c96eda');
INSERT INTO "audit" VALUES(8,'2026-11-25 22:31:52.107000','cli','officer-posted','01a214d6-342a-7981-bfa9-944e84c96eda');
INSERT INTO "audit" VALUES(9,'2026-11-25 22:31:52.114000','cli','place-added','01a214d6-3432-7ac3-b8ef-3f86b0d33c36');
INSERT INTO "audit" VALUES(10,'2026-11-25 22:31:52.123000','cli','tag-made','01a214d6-3432-7ac3-b8ef-3f86b0d33c36 v1');
INSERT INTO "audit" VALUES(11,'2026-11-25 22:31:52.135000','cli','enrolment-code-made','01a214d6-3420-7d06-94eb-13e800e9e695');
INSERT INTO "audit" VALUES(12,'2026-11-25 22:31:52.198000','device:01a214d6-3460-7045-b9ee-99cf948c5afc','device-enrolled','01a214d6-3420-7d06-94eb-13e800e9e695');
CREATE TABLE blobs (
	sha256 VARCHAR(64) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	device VARCHAR(36) NOT NULL, 
	received_at DATETIME NOT NULL, 
	PRIMARY KEY (sha256)
);
INSERT INTO "blobs" VALUES('b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','image/jpeg',653,'01a214d6-3460-7045-b9ee-99cf948c5afc','2026-11-25 22:31:52.285000');
CREATE TABLE cards (
	slug VARCHAR(8) NOT NULL, 
	officer VARCHAR(36), 
	school VARCHAR(36), 
	active BOOLEAN NOT NULL, 
	notes TEXT NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (slug), 
	FOREIGN KEY(officer) REFERENCES officers (id), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
CREATE TABLE devices (
	id VARCHAR(36) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	platform VARCHAR(40) NOT NULL, 
	app VARCHAR(40) NOT NULL, 
	created_at DATETIME NOT NULL, 
	last_seen DATETIME NOT NULL, 
	revoked_at DATETIME, 
	PRIMARY KEY (id), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
INSERT INTO "devices" VALUES('01a214d6-3460-7045-b9ee-99cf948c5afc','01a214d6-3420-7d06-94eb-13e800e9e695','5978e39d875eec56a524a5dd299f80dfcf5ee96272da4ac5dbcc3fd134d31dfe','Test phone','','0.1.0','2026-11-25 22:31:52.196000','2026-11-25 22:31:52.196000',NULL);
CREATE TABLE district (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	demo BOOLEAN NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	email VARCHAR(200) NOT NULL, 
	non_emergency VARCHAR(40) NOT NULL, 
	tip_line VARCHAR(200) NOT NULL, 
	policy JSON NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "district" VALUES('01a214d6-3406-7070-98fd-e14df5d9299b','Test district',0,'(918) 245-8777','','','','{"photo_max_px":1600,"photo_quality":0.8,"photo_max_bytes":5000000,"keep_days":60,"lock_days":30}','2026-11-25 22:31:52.070000');
CREATE TABLE enrolment_codes (
	code_hash VARCHAR(64) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	made_by VARCHAR(36), 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	used_at DATETIME, 
	used_by VARCHAR(36), 
	PRIMARY KEY (code_hash), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
INSERT INTO "enrolment_codes" VALUES('aea7572ad8e8098638b1bf08e52e3f8f0a8890f2d3e52f1aef8968eac9bbeb3a','01a214d6-3420-7d06-94eb-13e800e9e695','cli','2026-11-25 22:31:52.134000','2026-11-28 22:31:52.134000','2026-11-25 22:31:52.196000','01a214d6-3460-7045-b9ee-99cf948c5afc');
CREATE TABLE family_requests (
	record VARCHAR(36) NOT NULL, 
	reference VARCHAR(16) NOT NULL, 
	sender VARCHAR(32), 
	asked_at DATETIME NOT NULL, 
	PRIMARY KEY (record), 
	UNIQUE (reference)
);
CREATE TABLE forms (
	id VARCHAR(200) NOT NULL, 
	version VARCHAR(200) NOT NULL, 
	json JSON NOT NULL, 
	active BOOLEAN NOT NULL, 
	published_at DATETIME NOT NULL, 
	PRIMARY KEY (id, version)
);
INSERT INTO "forms" VALUES('parent_contact','2026112301','{"id":"parent_contact","version":"2026112301","title":{"en":"Parent contact","es":"Contacto con la familia"},"languages":["en","es"],"class":"education","role":"counselling","goal":"collaboration","icon":"family_restroom","fields":[{"type":"select_one","name":"channel","label":{"en":"How","es":"C\u00f3mo"},"required":true,"choices":[{"name":"phone","label":{"en":"Phone","es":"Tel\u00e9fono"}},{"name":"person","label":{"en":"In person","es":"En persona"}}]},{"type":"integer","name":"minutes","label":{"en":"Minutes","es":"Minutos"},"constraint":["<=",["self"],600],"constraint_message":{"en":"At most ten hours.","es":"Diez horas como m\u00e1ximo."}},{"type":"text","name":"summary","label":{"en":"Summary","es":"Resumen"}},{"type":"image","name":"photo","label":{"en":"Photo","es":"Foto"}}]}',1,'2026-11-25 22:31:52.079000');
CREATE TABLE hand_ins (
	vault VARCHAR(32) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	token_hash VARCHAR(64) NOT NULL, 
	files JSON NOT NULL, 
	begun_at DATETIME NOT NULL, 
	complete_at DATETIME, 
	opened_at DATETIME, 
	PRIMARY KEY (vault, officer), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
CREATE TABLE officers (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	badge VARCHAR(40) NOT NULL, 
	title VARCHAR(100) NOT NULL, 
	email VARCHAR(200) NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	languages JSON NOT NULL, 
	photo VARCHAR(64), 
	role VARCHAR(20) NOT NULL, 
	active BOOLEAN NOT NULL, 
	password_hash VARCHAR(200), 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (badge)
);
INSERT INTO "officers" VALUES('01a214d6-3420-7d06-94eb-13e800e9e695','Ana Rivera','101','School Resource Officer','rivera@example.org','','[]',NULL,'officer',1,NULL,'2026-11-25 22:31:52.096000');
INSERT INTO "officers" VALUES('01a214d6-342a-7981-bfa9-944e84c96eda','Lee Ng','102','School Resource Officer','','','[]',NULL,'officer',1,NULL,'2026-11-25 22:31:52.106000');
CREATE TABLE places (
	id VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	building VARCHAR(100) NOT NULL, 
	floor VARCHAR(40) NOT NULL, 
	kind VARCHAR(40) NOT NULL, 
	lat DOUBLE, 
	lon DOUBLE, 
	fence_m INTEGER NOT NULL, 
	instructions TEXT NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, spot_question TEXT DEFAULT '' NOT NULL, spot_answer VARCHAR(100) DEFAULT '' NOT NULL, question_set VARCHAR(40) DEFAULT '' NOT NULL, installed_by VARCHAR(100) DEFAULT '' NOT NULL, photo VARCHAR(64), 
	PRIMARY KEY (id), 
	UNIQUE (school, building, name), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "places" VALUES('01a214d6-3432-7ac3-b8ef-3f86b0d33c36','01a214d6-3417-79ba-b762-b6f9de8b1b70','Door 7','Gym','','door',NULL,NULL,50,'',1,'2026-11-25 22:31:52.114000','','','','',NULL);
CREATE TABLE postings (
	officer VARCHAR(36) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	since DATETIME NOT NULL, 
	until DATETIME, 
	PRIMARY KEY (officer, school), 
	FOREIGN KEY(officer) REFERENCES officers (id), 
	FOREIGN KEY(school) REFERENCES schools (id)
);
INSERT INTO "postings" VALUES('01a214d6-3420-7d06-94eb-13e800e9e695','01a214d6-3417-79ba-b762-b6f9de8b1b70','2026-11-25 22:31:52.104000',NULL);
INSERT INTO "postings" VALUES('01a214d6-342a-7981-bfa9-944e84c96eda','01a214d6-3417-79ba-b762-b6f9de8b1b70','2026-11-25 22:31:52.107000',NULL);
INSERT INTO "postings" VALUES('01a214d6-342a-7981-bfa9-944e84c96eda','01a214d6-341d-79f7-bee1-c689384bc875','2026-11-25 22:31:52.107000',NULL);
CREATE TABLE record_photos (
	record VARCHAR(36) NOT NULL, 
	sha256 VARCHAR(64) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	mime VARCHAR(40) NOT NULL, 
	bytes INTEGER NOT NULL, 
	PRIMARY KEY (record, sha256)
);
INSERT INTO "record_photos" VALUES('01a214d6-349a-74fc-a8a6-ee10675543aa','b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658','01a214d6-3417-79ba-b762-b6f9de8b1b70','image/jpeg',653);
CREATE TABLE "records" (
	id VARCHAR(36) NOT NULL, 
	form VARCHAR(200) NOT NULL, 
	form_version VARCHAR(200) NOT NULL, 
	record_class VARCHAR(20) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	place VARCHAR(36), 
	author VARCHAR(36) NOT NULL, 
	title TEXT NOT NULL, 
	occurred_at DATETIME NOT NULL, 
	first_seq BIGINT NOT NULL, 
	updated_seq BIGINT NOT NULL, 
	updated_at DATETIME NOT NULL, 
	revisions INTEGER NOT NULL, 
	heads JSON NOT NULL, 
	answers JSON NOT NULL, 
	conflicts JSON NOT NULL, 
	missing INTEGER NOT NULL, 
	flags JSON NOT NULL, 
	standing VARCHAR(10) DEFAULT 'live' NOT NULL, 
	promises JSON DEFAULT '{}' NOT NULL, 
	follows VARCHAR(36), 
	open BOOLEAN DEFAULT 1 NOT NULL, evidence JSON, 
	PRIMARY KEY (id)
);
INSERT INTO "records" VALUES('01a214d6-349a-74fc-a8a6-ee10675543aa','parent_contact','2026112301','education','01a214d6-3417-79ba-b762-b6f9de8b1b70',NULL,'01a214d6-3420-7d06-94eb-13e800e9e695','Parent contact','2026-11-25 22:31:52.218000',1,1,'2026-11-25 22:31:52.232000',1,'["de0c812b160bed6310298cbeef3351341c019302a107e09be1ab05840fe66369"]','{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}}','{}',0,'[]','live','{}',NULL,0,NULL);
INSERT INTO "records" VALUES('01a214d6-349a-7442-b238-c301d1d99a2f','parent_contact','2026112301','education','01a214d6-3417-79ba-b762-b6f9de8b1b70',NULL,'01a214d6-3420-7d06-94eb-13e800e9e695','Parent contact','2026-11-25 22:31:52.218000',2,2,'2026-11-25 22:31:52.232000',1,'["3eb8e81a92870a3d9f8a725e16bff0e74204e77648fbcc39be187cbe7c931bd9"]','{"channel":"phone"}','{}',0,'[]','live','{}',NULL,0,NULL);
CREATE TABLE "revisions" (
	seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	hash VARCHAR(64) NOT NULL, 
	record VARCHAR(36) NOT NULL, 
	form VARCHAR(200) NOT NULL, 
	form_version VARCHAR(200) NOT NULL, 
	record_class VARCHAR(20) NOT NULL, 
	school VARCHAR(36) NOT NULL, 
	author VARCHAR(36) NOT NULL, 
	device VARCHAR(36) NOT NULL, 
	device_seq BIGINT NOT NULL, 
	prev VARCHAR(64), 
	at VARCHAR(40) NOT NULL, 
	captured_at DATETIME NOT NULL, 
	received_at DATETIME NOT NULL, 
	body TEXT NOT NULL, 
	flags JSON NOT NULL, 
	act VARCHAR(10), 
	link VARCHAR(64) NOT NULL, 
	UNIQUE (hash)
);
INSERT INTO "revisions" VALUES(1,'de0c812b160bed6310298cbeef3351341c019302a107e09be1ab05840fe66369','01a214d6-349a-74fc-a8a6-ee10675543aa','parent_contact','2026112301','education','01a214d6-3417-79ba-b762-b6f9de8b1b70','01a214d6-3420-7d06-94eb-13e800e9e695','01a214d6-3460-7045-b9ee-99cf948c5afc',1,NULL,'2026-11-25T22:31:52.218+00:00','2026-11-25 22:31:52.218000','2026-11-25 22:31:52.232000','{"at":"2026-11-25T22:31:52.218+00:00","author":"01a214d6-3420-7d06-94eb-13e800e9e695","device":"01a214d6-3460-7045-b9ee-99cf948c5afc","form":"parent_contact","form_version":"2026112301","mono":1000,"offset":null,"parents":[],"place":null,"prev":null,"reason":null,"record":"01a214d6-349a-74fc-a8a6-ee10675543aa","record_class":"education","school":"01a214d6-3417-79ba-b762-b6f9de8b1b70","seq":1,"set":{"channel":"phone","photo":{"bytes":653,"mime":"image/jpeg","sha256":"b71c9f0b566f230ce0fa589f22e42e6f45a6a38bca149945ea486af83ad22658"}},"tag":null,"unset":[],"v":1}','[]',NULL,'533bdbaa22d61eaa1efa006baae5d9163700ff79cedc4003d2c4e91e11e9749e');
INSERT INTO "revisions" VALUES(2,'3eb8e81a92870a3d9f8a725e16bff0e74204e77648fbcc39be187cbe7c931bd9','01a214d6-349a-7442-b238-c301d1d99a2f','parent_contact','2026112301','education','01a214d6-3417-79ba-b762-b6f9de8b1b70','01a214d6-3420-7d06-94eb-13e800e9e695','01a214d6-3460-7045-b9ee-99cf948c5afc',2,'de0c812b160bed6310298cbeef3351341c019302a107e09be1ab05840fe66369','2026-11-25T22:31:52.218+00:00','2026-11-25 22:31:52.218000','2026-11-25 22:31:52.232000','{"at":"2026-11-25T22:31:52.218+00:00","author":"01a214d6-3420-7d06-94eb-13e800e9e695","device":"01a214d6-3460-7045-b9ee-99cf948c5afc","form":"parent_contact","form_version":"2026112301","mono":2000,"offset":null,"parents":[],"place":null,"prev":"de0c812b160bed6310298cbeef3351341c019302a107e09be1ab05840fe66369","reason":null,"record":"01a214d6-349a-7442-b238-c301d1d99a2f","record_class":"education","school":"01a214d6-3417-79ba-b762-b6f9de8b1b70","seq":2,"set":{"channel":"phone"},"tag":null,"unset":[],"v":1}','[]',NULL,'20a65b38043b2fe4d0737122c8eb9b4e37a3f324ca7a3d736b634afb6884acab');
CREATE TABLE schools (
	id VARCHAR(36) NOT NULL, 
	name VARCHAR(200) NOT NULL, 
	address VARCHAR(300) NOT NULL, 
	phone VARCHAR(40) NOT NULL, 
	reunification VARCHAR(300) DEFAULT '' NOT NULL, 
	active BOOLEAN NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (name)
);
INSERT INTO "schools" VALUES('01a214d6-3417-79ba-b762-b6f9de8b1b70','North Middle School','','','',1,'2026-11-25 22:31:52.087000');
INSERT INTO "schools" VALUES('01a214d6-341d-79f7-bee1-c689384bc875','South High School','','','',1,'2026-11-25 22:31:52.093000');
CREATE TABLE sessions (
	token_hash VARCHAR(64) NOT NULL, 
	officer VARCHAR(36) NOT NULL, 
	csrf VARCHAR(64) NOT NULL, 
	created_at DATETIME NOT NULL, 
	expires_at DATETIME NOT NULL, 
	PRIMARY KEY (token_hash), 
	FOREIGN KEY(officer) REFERENCES officers (id)
);
CREATE TABLE tags (
	code VARCHAR(16) NOT NULL, 
	short VARCHAR(8) NOT NULL, 
	place VARCHAR(36) NOT NULL, 
	version INTEGER NOT NULL, 
	state VARCHAR(10) NOT NULL, 
	created_at DATETIME NOT NULL, 
	PRIMARY KEY (code), 
	UNIQUE (place, version), 
	UNIQUE (short), 
	FOREIGN KEY(place) REFERENCES places (id)
);
INSERT INTO "tags" VALUES('22U6JET8H84T7XGG','5RGT6TUY','01a214d6-3432-7ac3-b8ef-3f86b0d33c36',1,'active','2026-11-25 22:31:52.123000');
CREATE INDEX ix_record_photos_sha256 ON record_photos (sha256);
CREATE INDEX ix_cards_officer ON cards (officer);
CREATE INDEX ix_cards_school ON cards (school);
CREATE INDEX ix_devices_officer ON devices (officer);
CREATE INDEX ix_enrolment_codes_officer ON enrolment_codes (officer);
CREATE INDEX ix_places_school ON places (school);
CREATE INDEX ix_postings_school ON postings (school);
CREATE INDEX ix_sessions_officer ON sessions (officer);
CREATE INDEX revisions_of_device ON revisions (device, device_seq);
CREATE INDEX ix_revisions_record ON revisions (record);
CREATE INDEX revisions_of_school ON revisions (school, seq);
CREATE INDEX records_of_school ON records (school, occurred_at);
CREATE INDEX records_of_author ON records (author, occurred_at);
CREATE INDEX records_of_form ON records (form, occurred_at);
CREATE INDEX records_by_time ON records (occurred_at);
CREATE INDEX ix_records_follows ON records (follows);
CREATE INDEX ix_family_requests_sender ON family_requests (sender);
CREATE INDEX ix_family_requests_asked_at ON family_requests (asked_at);
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('revisions',2);
INSERT INTO "sqlite_sequence" VALUES('audit',12);
COMMIT;
